"""The command line: thin commands, one file a group; every refusal is one line on stderr and exit code 2."""

from consent_service.cli.bench_commands import bench
from consent_service.cli.check_commands import check
from consent_service.cli.command_group import CommandGroup
from consent_service.cli.demo_commands import demo
from consent_service.cli.erase_commands import erase
from consent_service.cli.import_commands import export_list, import_
from consent_service.cli.inbound_commands import inbound
from consent_service.cli.key_commands import key
from consent_service.cli.record_commands import records
from consent_service.cli.service_commands import init, migrate, serve
from consent_service.cli.site_commands import site
from consent_service.cli.worker_commands import prune, worker

main = CommandGroup(
    name="consent-service",
    help="Consent and cookie preferences without scripts, with records that anybody can verify.",
    commands=[
        *(init, demo, serve, worker, migrate, prune, inbound),
        *(import_, export_list, site, key, records, erase, check, bench),
    ],
)
