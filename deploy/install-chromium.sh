#!/bin/sh
# Installs the browser that prints PDF files, and fonts, while an image is built. Debian has it as a package. Ubuntu's package of that name
# is only a door to the snap store, which an image does not have: there the driver in /app fetches the one it was made for.
set -eu
apt-get update -q
apt-get install -q --yes --no-install-recommends fonts-liberation fonts-dejavu-core
. /etc/os-release
if [ "$ID" = debian ]; then
    apt-get install -q --yes --no-install-recommends chromium
else
    /app/.playwright/node/*/node /app/.playwright/package/cli.js install --with-deps --only-shell chromium
fi
rm -rf /var/lib/apt/lists/*
