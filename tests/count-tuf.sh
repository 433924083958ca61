#!/usr/bin/env bash
# Counts the tests of The Update Framework by section of the specification, as a table for docs/formats/update-metadata.md.
# Both assemblies must be built (Release). A theory counts once for each of its cases.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
names="$(for project in Shared.Tests System.Tests; do
  dotnet test "$root/tests/$project" -c Release --no-build --nologo --list-tests | sed -n 's/^    //p'
done)"

of() { grep -c -E "$1" <<<"$names" || true; }

row() { printf '| %s | %s | %s | %s |\n' "$1" "$2" "$(of "Trust\.UpdateFramework\.(Library)?$3|Shared\.Tests\.Trust\.$3")" "$(of "System\.Tests\.UpdateClient$3")"; }

echo "| section | what | library | published \`hmas-tuf\` |"
echo "|---|---|---|---|"
row "2.1" "attacks, each with stolen keys or a hostile mirror" "(UpdateFramework\.)?AttackTests"
row "4, 4.2" "bad metadata (100,000 mutations in each of three: all roles, a delegated one, the targets that delegate), canonical form, RSA-PSS" "(UpdateFramework\.)?(BadMetadataTests|CanonicalJsonTests|RsaPssTests)"
row "4.2, 4.3" "keys, schemes, thresholds" "KeyConformance"
row "5.1 to 5.6" "the workflow in order, what is asked for and what is kept" "BasicConformance"
row "5.3" "root and key rotation" "RotationConformance"
row "5.3.10, 5.4.4, 5.5.6, 5.6.5" "expiry" "ExpiryConformance"
row "5.3.11, 5.4.3, 5.5.5" "rollback and recovery from fast-forward" "RollbackConformance"
row "5.6.7" "delegations" "DelegationConformance"
row "5.7" "targets: download, names, lengths, hashes" "DownloadConformance"
row "6" "the repository's side; a team's path, from the published hub" "((UpdateFramework\.)?Repository|DelegationTests)"
row "" "command line, kills at every request" "(CommandLineTests|KillTests)"
row "Uptane" "hub takeover" "Uptane"
printf '| | **all** | **%s** | **%s** |\n' "$(of 'Shared\.Tests\.Trust\.(UpdateFramework|Uptane)\.')" "$(of 'System\.Tests\.UpdateClient')"
