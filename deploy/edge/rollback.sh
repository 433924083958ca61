#!/bin/sh
# Goes back to the agent that ran before the last install. Model slots and outbox stay as they are.
set -eu
root=/opt/hmas-agent
[ -L "$root/previous" ] || { echo "rollback: there is no previous version" >&2; exit 1; }
now=$(readlink "$root/current"); before=$(readlink "$root/previous")
ln -sfn "$before" "$root/.next"; mv -T "$root/.next" "$root/current"
ln -sfn "$now" "$root/previous"
# What a person goes back to wins over what the hub brought since.
rm -f /var/lib/hmas/installs/pointer
systemctl restart hmas-agent
echo "rollback: $before runs, $now is kept"
