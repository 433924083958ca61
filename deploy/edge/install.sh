#!/bin/sh
# Installs a published agent beside the one that runs, switches to it, and goes back by itself when it does not start.
# usage: install.sh FOLDER_WITH_hmas-agent VERSION      (as root)
set -eu
from=$1; version=$2; root=/opt/hmas-agent
[ -x "$from/hmas-agent" ] || { echo "install: $from/hmas-agent is not there" >&2; exit 2; }
case $version in *[!A-Za-z0-9._-]*|'') echo "install: version '$version' must be letters, digits, dots, hyphens" >&2; exit 2;; esac
id hmas >/dev/null 2>&1 || useradd --system --home-dir /var/lib/hmas --shell /usr/sbin/nologin hmas
install -d -m 755 "$root" "$root/$version"
install -d -m 750 -g hmas /etc/hmas
cp -a "$from/." "$root/$version/"
here=$(dirname "$0")
install -m 755 "$here/hmas-launch" "$root/$version/hmas-launch"
for file in agent.yaml rules.yaml; do [ -e "/etc/hmas/$file" ] || install -m 640 -g hmas "$here/$file" "/etc/hmas/$file"; done
install -m 644 "$here/hmas-agent.service" /etc/systemd/system/hmas-agent.service
"$root/$version/hmas-agent" check --settings /etc/hmas/agent.yaml
[ ! -L "$root/current" ] || ln -sfn "$(readlink "$root/current")" "$root/previous"
ln -sfn "$version" "$root/.next"; mv -T "$root/.next" "$root/current"
# What a person installs wins over what the hub brought before.
rm -f /var/lib/hmas/installs/pointer
systemctl daemon-reload
systemctl enable hmas-agent
systemctl restart hmas-agent && systemctl is-active --quiet hmas-agent || { echo "install: version $version does not run" >&2; exec "$here/rollback.sh"; }
