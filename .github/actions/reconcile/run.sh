#!/usr/bin/env bash
# One command of the tool, for action.yml. What it is to do comes in IN_… variables: each is checked here before anything
# is installed, and reaches the tool as a word of an array. The folder that this runs in may be a pull request's: no
# Python is started that looks there for modules (-I), and pip does not run there.
set -euo pipefail

work="${RUNNER_TEMP:?}/reconciler"  # what is made: NAME/plan-NAME/, pages/NAME.html, NAME/drift-NAME/, NAME/accept-NAME/
plans="$RUNNER_TEMP/plans"          # what other jobs made and handed on: plan-NAME/, accept-NAME/
venv="$RUNNER_TEMP/reconciler-venv" # made once a job

if ((BASH_VERSINFO[0] * 10 + BASH_VERSINFO[1] < 44)); then
  echo "::error title=reconciler::this runner's bash is older than 4.4: take a runner with Linux"
  exit 1
fi
here=$(cd "${GITHUB_ACTION_PATH:?}" && pwd)
# shellcheck source-path=SCRIPTDIR source=inputs.sh
. "$here/inputs.sh"
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "$here/tool.sh"

resolve() { # commit: its hash, or nothing where this clone does not have it. By the tool, which takes no files of a
  # pull request for a repository: git would, and run what they name.
  "$venv/bin/python" -I -c 'import sys, pathlib, reconciler.repo.git
found = reconciler.repo.git.open_git(pathlib.Path(sys.argv[1]))
print((found and found.resolve(sys.argv[2])) or "")' "$directory" "$1"
}

repository() { # git, with nothing that files in the checkout could make it run
  git -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null -C "$directory" "$@"
}

options=() # that the command shares with others
repeated() { # option, words…
  local option=$1 word
  shift
  for word in "$@"; do options+=("$option" "$word"); done
}

settings_option() {
  local found
  if [ -z "$settings_from" ]; then return; fi
  found=$(resolve "$settings_from")
  [ -n "$found" ] || fail "this clone does not have the commit whose settings count: check out with fetch-depth 0"
  options+=(--settings-from "$found")
}

base_option() { # option: with the first base that there is; a first commit has none
  local candidate found
  for candidate in "${bases[@]}"; do
    found=$(resolve "$candidate")
    if [ -n "$found" ]; then
      options+=("$1" "$found")
      return
    fi
  done
}

plan() { # deployment, or nothing; further words
  local at="$work/$1/plan-$1" name=$1 code=0 words=()
  shift
  mkdir -p "$at" "$work/pages"
  rm -f "$work/summary.md" "$at/plan.json" "$at/document.json" "$at/comment.md" "$at/untried"
  if [ -n "$name" ]; then words+=(--deployment "$name"); fi
  if [ "$offline" = true ]; then words+=(--offline); else words+=(--out "$at/plan.json"); fi
  shown "reconciler plan $name" reconciler plan -C "$directory" "${words[@]}" "${options[@]}" "$@" --format text \
    --format "json=$at/document.json" --format "comment=$at/comment.md" --format "summary=$work/summary.md" \
    --format "html=$work/pages/$name.html" || code=$?
  summarise "$work/summary.md"
  return "$code"
}

chosen() { # which server
  if [ -n "$deployment" ]; then options+=(--deployment "$deployment"); fi
}

permitted() {
  if [ "$adopt" = true ]; then options+=(--adopt); fi
  if [ -n "$on_drift" ]; then options+=(--on-drift "$on_drift"); fi
  repeated --allow "${allow[@]}"
  repeated --allow-delete "${allow_delete[@]}"
}

command_install() { :; }

command_validate() {
  local code=0 file="$work/annotations"
  shown "reconciler validate" reconciler validate -C "$directory" --format text --format "annotations=$file" || code=$?
  if [ -s "$file" ]; then cat "$file"; fi
  return "$code"
}

command_deployments() {
  settings_option
  base_option --changed-since
  shown "reconciler deployments" listed
  printf 'deployments=%s\n' "$(cat "$work/names")" >>"${GITHUB_OUTPUT:?}"
}

listed() { # the names, without those that are left out; only the one that is asked for, where one is
  rm -f "$work/names"
  reconciler deployments -C "$directory" "${options[@]}" --format json >"$work/deployments.json" || return
  "$venv/bin/python" -I - "$deployment" "${except[@]}" <"$work/deployments.json" >"$work/names" 3<&0 <<'PYTHON' || return
import json, os, sys
only, *left_out = sys.argv[1:]
names = [one["name"] for one in json.load(os.fdopen(3)) if one["name"] not in left_out]
if only and only not in names:
    sys.exit("there is no such deployment for CI")
print(json.dumps([only] if only else names))
PYTHON
  cat "$work/names"
}

try_first() { # what changes, where the settings say that this deployment is for it; `found` is what came of it
  local options=() code=0 file="$RUNNER_TEMP/reconciler-tries.json" # no artifact: the comment has what is to be shown
  rm -f "$file"
  settings_option
  base_option --base
  if [[ " ${options[*]} " != *" --base "* ]]; then return; fi # nobody knows what changes
  shown "reconciler try $deployment" reconciler try -C "$directory" --deployment "$deployment" --changed --yes \
    "${options[@]}" --format text --format "json=$file" || code=$?
  if [ -s "$file" ]; then
    found=(--tries "$file") # also of tries that failed: the plan says so, and the verdict is red
    return
  fi
  printf '::error title=reconciler::the tries could not be made: the log of this step says why\n'
  return "$((code > 0 ? code : 1))"
}

command_plan() {
  local code=0 failed=0 one at saved=() found=()
  local all=false
  if [ "$offline" = true ] && [ -z "$deployment" ]; then
    all=true
    shown "reconciler deployments" listed
  fi
  if [ "$tries" = true ] && [ "$offline" = false ]; then
    needs deployment "$deployment"
    try_first || failed=$?
  fi
  permitted
  settings_option
  base_option --base
  options+=(--on-drift-default hold)
  if [ "$all" = true ]; then
    for one in $(tr -d '[]",' <"$work/names"); do plan "$one" || code=$?; done
    return "$code"
  fi
  plan "$deployment" "${found[@]}" || code=$?
  at="$work/$deployment/plan-$deployment"
  if [ -e "$at/document.json" ]; then
    reconciler github annotations -C "$directory" "$at/document.json"
    if [ -e "$at/plan.json" ]; then saved=(--plan-file "$at/plan.json"); fi
    reconciler github outputs "$at/document.json" "${saved[@]}"
  fi
  if [ "$failed" != 0 ]; then : >"$at/untried"; fi # for the comment, which would read as if nothing were missing
  if [ "$code" = 0 ]; then code=$failed; fi
  return "$code"
}

command_apply() {
  local code=0 what=(--auto-approve)
  if [ -n "$plan_file" ]; then what=("$plan_file"); fi
  mkdir -p "$work/$deployment"
  chosen
  permitted
  base_option --base
  options+=(--on-drift-default hold)
  shown "reconciler apply $deployment" reconciler apply -C "$directory" "${what[@]}" "${options[@]}" --format text \
    --format "json=$work/$deployment/report.json" --format "markdown=$work/summary.md" || code=$?
  summarise "$work/summary.md"
  return "$code"
}

command_drift() {
  local at="$work/$deployment/drift-$deployment" code=0
  mkdir -p "$at"
  chosen
  shown "reconciler drift $deployment" reconciler drift -C "$directory" "${options[@]}" --format text \
    --format "json=$at/drift.json" --format "markdown=$at/issue.md" || code=$?
  summarise "$at/issue.md"
  return "$code"
}

command_history() {
  needs key "$assistant"
  chosen
  shown "reconciler history" reconciler history -C "$directory" "${assistant%@*}" "${options[@]}"
}

command_rollback() {
  local code=0
  needs key "$assistant"
  chosen
  repeated --allow "${allow[@]}"
  shown "reconciler rollback" reconciler rollback -C "$directory" "$assistant" --auto-approve "${options[@]}" \
    --format text --format "markdown=$work/summary.md" || code=$?
  summarise "$work/summary.md"
  return "$code"
}

command_pull() { # what was changed outside git, as a patch, with the plan that comes out
  local at="$work/$deployment/accept-$deployment" code=0
  needs deployment "$deployment"
  mkdir -p "$at"
  shown "reconciler pull $deployment" reconciler pull -C "$directory" --drift --deployment "$deployment" || code=$?
  repository add --all --intent-to-add .
  repository diff --binary --no-ext-diff --no-textconv >"$at/change.patch"
  if [ ! -s "$at/change.patch" ]; then
    rm "$at/change.patch"
    echo "There is nothing to take."
    return "$code"
  fi
  options+=(--on-drift-default hold)
  plan "$deployment" || code=$?
  {
    printf 'This takes into git what was changed outside git in **%s**, as it is live now. ' "$deployment"
    printf 'What is then left to be written, if anything is, says the plan:\n\n'
    cat "$work/$deployment/plan-$deployment/comment.md"
  } >"$at/body.md"
  return "$code" # of what could not be taken; what could is proposed all the same
}

command_github_log() {
  local at="$work/$deployment/plan-$deployment"
  mkdir -p "$at"
  chosen
  shown "reconciler github log" reconciler github log -C "$directory" "${options[@]}" --out "$at/commits.json"
}

command_github_comment() {
  needs deployments "$deployments"
  mkdir -p "$plans"
  shown "reconciler github comment" reconciler github comment --plans "$plans" --expect "$deployments"
}

command_github_compare() {
  needs deployments "$deployments"
  mkdir -p "$plans"
  shown "reconciler github compare" reconciler github compare --plans "$plans" --expect "$deployments"
}

command_github_answer() {
  local report="$work/$deployment/report.json" words=()
  needs deployment "$deployment"
  if [ -e "$report" ]; then words=(--report "$report"); fi
  shown "reconciler github answer" reconciler github answer --deployment "$deployment" \
    --plan-dir "$plans/plan-$deployment" "${words[@]}"
}

command_github_issue() {
  local at="$work/$deployment/drift-$deployment"
  needs deployment "$deployment"
  shown "reconciler github issue" reconciler github issue --deployment "$deployment" --drift "$at/drift.json" \
    --body "$at/issue.md"
}

command_github_propose() {
  local at="$plans/accept-$deployment"
  needs deployment "$deployment"
  needs branch "$branch"
  if [ ! -e "$at/change.patch" ]; then
    echo "There is nothing to take, so no pull request is opened."
    return
  fi
  shown "reconciler github propose" reconciler github propose -C "$directory" --branch "reconciler/accept-$deployment" \
    --title "Take what was changed outside git in $deployment" --body "$at/body.md" --patch "$at/change.patch" \
    --base "$branch"
}

mkdir -p "$work"
install
"command_${command//-/_}"
