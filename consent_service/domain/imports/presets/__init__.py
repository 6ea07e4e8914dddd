"""Presets: what the files of each tool say, one module for a tool.

To add one, write a module named after the tool whose ``KINDS`` describe its files, name it in ``PRESETS``, and show
with a file as the tool exports it what its rows say.
"""

from collections.abc import Mapping

from consent_service.domain.imports.import_mapping import FileKind
from consent_service.domain.imports.presets import (
    activecampaign,
    brevo,
    ghost,
    hubspot,
    keila,
    kit,
    klaviyo,
    listmonk,
    mailchimp,
    mailerlite,
    mailpoet,
    mautic,
    plain,
    sendgrid,
    sendy,
    ses,
    shopify,
)

PRESETS: Mapping[str, tuple[FileKind, ...]] = {
    "plain": plain.KINDS,
    "mailchimp": mailchimp.KINDS,
    "klaviyo": klaviyo.KINDS,
    "shopify": shopify.KINDS,
    "listmonk": listmonk.KINDS,
    "mautic": mautic.KINDS,
    "keila": keila.KINDS,
    "ses": ses.KINDS,
    "sendgrid": sendgrid.KINDS,
    "brevo": brevo.KINDS,
    "activecampaign": activecampaign.KINDS,
    "kit": kit.KINDS,
    "hubspot": hubspot.KINDS,
    "mailerlite": mailerlite.KINDS,
    "ghost": ghost.KINDS,
    "sendy": sendy.KINDS,
    "mailpoet": mailpoet.KINDS,
}
"""The files of each tool, under the name of its module, in the order in which they are offered."""
