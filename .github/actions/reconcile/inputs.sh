# shellcheck shell=bash
# What run.sh is to do: each input checked against its form, before anything is installed.

fail() { # a sentence of ours, never what somebody gave
  printf '::error title=reconciler::%s\n' "$1"
  exit 1
}

check() { # input, pattern, value: all of the value is of that form
  local LC_ALL=C # `[a-z]` is those letters, whatever the runner speaks
  [[ "$3" =~ ^($2)$ ]] || fail "the input \`$1\` has something in it that it must not have: see action.yml"
}

one() { # input, pattern: its value is empty or of that form, and is in `value` then
  local variable="IN_${1//-/_}"
  variable=${variable^^}
  value=${!variable-}
  if [ -n "$value" ]; then check "$1" "$2" "$value"; fi
}

several() { # input, pattern: its words are each of that form, and are in `words` then
  local variable="IN_${1//-/_}" word
  variable=${variable^^}
  IFS=$' \t\r\n' read -r -d '' -a words <<<"${!variable-}" || true
  for word in "${words[@]}"; do check "$1" "$2" "$word"; done
}

name='[A-Za-z0-9][A-Za-z0-9._-]*'
key="$name(/$name)*"
commit='[A-Za-z0-9][A-Za-z0-9._/^~-]*'

one command '[a-z-]+'
command=$value
case "$command" in
  install | validate | deployments | plan | apply | drift | history | rollback | pull) ;;
  github-log | github-comment | github-compare | github-answer | github-issue | github-propose) ;;
  *) fail "there is no such command: action.yml lists them" ;;
esac
one directory '[A-Za-z0-9_./][A-Za-z0-9 ._/-]*'
directory=${value:-.}
one deployment "$name"
deployment=$value
one deployments "\\[(\"$name\"(, ?\"$name\")*)?\\]"
deployments=$value
several except "$name"
except=("${words[@]}")
several base "$commit"
bases=("${words[@]}")
one settings-from "$commit"
settings_from=$value
one offline 'true|false'
offline=${value:-false}
one tries 'true|false'
tries=${value:-false}
one plan-file '[A-Za-z0-9_./][A-Za-z0-9 ._/-]*[.]json'
plan_file=$value
one adopt 'true|false'
adopt=${value:-false}
several allow '[a-z_]+'
allow=("${words[@]}")
several allow-delete "$key"
allow_delete=("${words[@]}")
one on-drift 'overwrite|hold|block'
on_drift=$value
one key "$key(@[0-9]+)?"
assistant=$value
one branch "$commit"
branch=$value

needs() { # input, value
  [ -n "$2" ] || fail "the command \`$command\` needs the input \`$1\`"
}
