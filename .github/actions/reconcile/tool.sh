# shellcheck shell=bash
# The tool: how it is installed, started, and shown in the log.

install() {
  local from found="" candidate
  if [ -e "$venv/installed" ]; then return; fi
  from=$(cd "${GITHUB_ACTION_PATH:?}/../../.." && pwd)
  for candidate in python3 python3.13 python3.12 python3.11; do
    # Not from the checkout: a version manager would take from there which program that is.
    if (
      cd "$RUNNER_TEMP"
      "$candidate" -I -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
    ) 2>/dev/null; then
      found=$candidate
      break
    fi
  done
  [ -n "$found" ] || fail "this runner has no Python 3.11 to 3.13: put actions/setup-python before this step"
  (
    cd "$RUNNER_TEMP"
    # Whatever a package does while it is installed, it does without a credential.
    local variable
    for variable in $(compgen -e); do
      case "$variable" in RECONCILER_* | *_API_KEY | *_TOKEN | *_TOKEN_FILE | PYTHON*) unset "$variable" ;; esac
    done
    "$found" -I -m venv --clear "$venv"
    local pip=("$venv/bin/python" -I -m pip install --quiet --no-input --disable-pip-version-check)
    pip+=(--constraint "$from/constraints.txt")
    "${pip[@]}" hatchling # what builds the tool, at the version that the constraints say
    "${pip[@]}" --no-build-isolation "$from"
  )
  touch "$venv/installed"
}

reconciler() { "$venv/bin/python" -I -m reconciler "$@"; }

shown() { # title, command…: in a group of the log, where nothing that is said is a command to the runner
  local title=$1 mark code=0
  shift
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::group::%s\n::stop-commands::%s\n' "$title" "$mark"
  "$@" 2>&1 || code=$?
  printf '\n::%s::\n::endgroup::\n' "$mark"
  return "$code"
}

most=1048576 # bytes of a step's summary

summarise() { # file: to the step's summary, as long as there is room
  [ -s "$1" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
  touch "$GITHUB_STEP_SUMMARY"
  if [ $(($(wc -c <"$1") + $(wc -c <"$GITHUB_STEP_SUMMARY"))) -lt $((most - 1000)) ]; then
    { cat "$1" && echo; } >>"$GITHUB_STEP_SUMMARY"
  else
    printf '\nThere is more, and no room for it: the log of this step has all.\n\n' >>"$GITHUB_STEP_SUMMARY"
  fi
}
