#!/usr/bin/env bash
# Installs what the tests need, builds once, publishes the native agent, runs every test assembly, adds up.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
filter="${1:-}"
# Where tests and the programs that they start write: a folder an assembly, in which nothing should stay. Its path is short, as sockets lie below it.
scratch="$(mktemp -d /tmp/hmas.XXXXXX)"
policy=/usr/sbin/policy-rc.d
made_policy=
clean() { [ -z "$made_policy" ] || rm -f "$policy"; rm -rf "$scratch"; }
trap clean EXIT

# command-or-file : Debian package
wanted=(
  /usr/sbin/mosquitto:mosquitto mosquitto_pub:mosquitto-clients /usr/sbin/rabbitmq-server:rabbitmq-server redis-server:redis-server
  promtool:prometheus chromium:chromium gcc:gcc strace:strace xfs_io:xfsprogs mkfs.ext4:e2fsprogs faketime:faketime swupdate:swupdate cpio:cpio /usr/sbin/nginx:nginx-light openssl:openssl python3:python3 /usr/lib/python3/dist-packages/onnx:python3-onnx
  /usr/lib/python3/dist-packages/grpc:python3-grpcio /usr/lib/python3/dist-packages/torch:python3-torch /usr/include/zlib.h:zlib1g-dev
)
# Only root can run the arm64 agent under qemu, see tests/System.Tests/Agent/Arm64AgentTests.cs.
[ "$(id -u)" != 0 ] || wanted+=(aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu /usr/aarch64-linux-gnu/lib/libc.so.6:libc6-dev-arm64-cross clang-14:clang-14 llvm-objcopy-14:llvm-14
  /usr/bin/qemu-aarch64-static:qemu-user-static)
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
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod +x "$policy"; made_policy=1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > artifacts-apt.log 2>&1 \
    || { tail -20 artifacts-apt.log; exit 1; }
  rm -f artifacts-apt.log
fi

echo "== restore and build"
dotnet restore HMAS.sln -v q
dotnet build HMAS.sln -c Release --no-restore -v q -clp:ErrorsOnly
run_tests() {
  mkdir "$scratch/$1"
  TMPDIR="$scratch/$1" dotnet test "tests/$1" -c Release --no-build --nologo ${filter:+--filter "$filter"} --logger "console;verbosity=minimal" --blame-hang-timeout 10m > "artifacts/$1.log" 2>&1 || true
}

# Compiling the published programs, and then the tests of each half, wait for disk, brokers and processes much of their time: they share the cores well.
publish_all() { ./hmas publish && { [ "$(id -u)" != 0 ] || ./hmas publish --rid linux-arm64; }; }
echo "== publish; Architecture, Shared and Edge tests"
publish_all > artifacts/publish.log 2>&1 & publishing=$!
run_tests Architecture.Tests & run_tests Shared.Tests & run_tests Edge.Tests &
wait "$publishing" || { tail -30 artifacts/publish.log >&2; exit 1; }
wait
echo "== Cloud.Hub and System tests"
run_tests Cloud.Hub.Tests & run_tests System.Tests &
wait

passed=0; failed=0; skipped=0
for project in Architecture.Tests Shared.Tests Edge.Tests Cloud.Hub.Tests System.Tests; do
  echo "== $project"
  log="artifacts/$project.log"
  grep -vE '^(Test run for|VSTest version|Starting test execution|A total of|Results File|$)' "$log" || true
  line="$(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -1 || true)"
  if [ -z "$line" ]; then
    grep -q 'No test matches' "$log" && continue
    echo "$project ended without a result"; failed=$((failed + 1)); continue
  fi
  number() { sed -nE "s/.*$1: *([0-9]+).*/\1/p" <<< "$line"; }
  passed=$((passed + $(number Passed))); failed=$((failed + $(number Failed))); skipped=$((skipped + $(number Skipped)))
done
# The SDK's own commands leave empty folders of six letters.
left="$(cd "$scratch" && find . -mindepth 2 -maxdepth 2 ! \( -type d -empty -name '??????' \) -printf '%P\n')"
[ -z "$left" ] || printf '== left behind\n%s\n' "$left"
echo
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped" || true)"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
