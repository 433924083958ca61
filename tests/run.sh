#!/usr/bin/env bash
# Installs what the tests need, builds once, publishes the native agent, runs every test assembly, adds up.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
filter="${1:-}"

# command-or-file : Debian package
wanted=(
  /usr/sbin/mosquitto:mosquitto mosquitto_pub:mosquitto-clients /usr/sbin/rabbitmq-server:rabbitmq-server redis-server:redis-server
  promtool:prometheus chromium:chromium gcc:gcc strace:strace faketime:faketime python3:python3 /usr/lib/python3/dist-packages/onnx:python3-onnx
  /usr/lib/python3/dist-packages/grpc:python3-grpcio /usr/lib/python3/dist-packages/torch:python3-torch /usr/include/zlib.h:zlib1g-dev
)
missing=()
for entry in "${wanted[@]}"; do
  probe="${entry%%:*}"
  if [[ "$probe" == /* ]]; then [ -e "$probe" ] || missing+=("${entry##*:}")
  else command -v "$probe" >/dev/null 2>&1 || missing+=("${entry##*:}"); fi
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "hmas test: these Debian packages are missing: ${missing[*]}" >&2
    echo "           install them: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "installing: ${missing[*]}"
  apt-get update -qq
  # A package's service must not start on its own: tests start their own on free ports.
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; trap 'rm -f "$policy"' EXIT; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > artifacts-apt.log 2>&1 \
    || { tail -20 artifacts-apt.log; exit 1; }
  rm -f artifacts-apt.log
fi

echo "== restore and build"
dotnet restore HMAS.sln -v q
dotnet build HMAS.sln -c Release --no-restore -v q -clp:ErrorsOnly
echo "== publish the native agent"
./hmas publish

passed=0; failed=0; skipped=0
for project in Architecture.Tests Shared.Tests Edge.Tests Cloud.Hub.Tests System.Tests; do
  echo "== $project"
  log="artifacts/$project.log"
  dotnet test "tests/$project" -c Release --no-build --nologo ${filter:+--filter "$filter"} --logger "console;verbosity=minimal" --blame-hang-timeout 10m > "$log" 2>&1 || true
  grep -vE '^(Test run for|VSTest version|Starting test execution|A total of|Results File|$)' "$log" || true
  line="$(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -1 || true)"
  if [ -z "$line" ]; then
    grep -q 'No test matches' "$log" && continue
    echo "$project ended without a result"; failed=$((failed + 1)); continue
  fi
  number() { sed -nE "s/.*$1: *([0-9]+).*/\1/p" <<< "$line"; }
  passed=$((passed + $(number Passed))); failed=$((failed + $(number Failed))); skipped=$((skipped + $(number Skipped)))
done
echo
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped" || true)"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
