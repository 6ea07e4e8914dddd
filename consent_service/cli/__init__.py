"""The command line: thin commands, one file a group; every refusal is one line on stderr and exit code 2."""

from consent_service.cli.backup_commands import drill_backup_file, restore_backup_file, upgrade_service, write_backup
from consent_service.cli.bench_commands import run_bench
from consent_service.cli.check_commands import check_permission
from consent_service.cli.command_group import CommandGroup
from consent_service.cli.database_commands import keep_database
from consent_service.cli.demo_commands import run_demo
from consent_service.cli.erase_commands import erase_people
from consent_service.cli.fsck_commands import check_whole_store
from consent_service.cli.import_commands import export_list, import_list
from consent_service.cli.inbound_commands import receive_inbound
from consent_service.cli.key_commands import keep_keys
from consent_service.cli.ledger_commands import keep_ledger
from consent_service.cli.record_commands import read_records
from consent_service.cli.service_commands import migrate_service, prepare_service, serve_service
from consent_service.cli.site_commands import keep_sites
from consent_service.cli.worker_commands import prune_store, run_worker

main = CommandGroup(
    name="consent-service",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Consent and cookie preferences without scripts, with records that anybody can verify.",
    commands=[
        *(prepare_service, run_demo, serve_service, run_worker, migrate_service, prune_store, receive_inbound),
        *(import_list, export_list, keep_sites, keep_keys, read_records, keep_ledger, check_whole_store),
        *(write_backup, restore_backup_file, drill_backup_file, upgrade_service),
        *(erase_people, check_permission, keep_database, run_bench),
    ],
)
