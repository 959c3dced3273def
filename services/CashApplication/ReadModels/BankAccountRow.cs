using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>A bank account as lists and imports read it.</summary>
public sealed record BankAccountRow(
    string Code, string LegalEntity, string Currency, string? Iban, string? AccountNumber, string? BankCode,
    string LedgerAccount, bool LockboxByFile, bool AchByFile, bool NotificationsByFile, string? LastStatement,
    decimal? LastClosing, DateOnly? LastDay, long Version, DateOnly? ClosedOn = null,
    string? FeeAccount = null, string? ChargesAccount = null);

/// <summary>Keeps <c>bank_accounts</c>.</summary>
public sealed class BankAccountProjection : Projection
{
    public BankAccountProjection()
        : base("bank_accounts", "bank_accounts")
    {
        On<BankAccountDefined>(
            "insert into bank_accounts (code, legal_entity, currency, iban, account_number, bank_code, " +
            "identification, ledger_account, lockbox_by_file, ach_by_file, notifications_by_file, version, " +
            "closed_on, fee_account, charges_account) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) " +
            "on conflict (code) do update set legal_entity = excluded.legal_entity, currency = excluded.currency, " +
            "iban = excluded.iban, account_number = excluded.account_number, bank_code = excluded.bank_code, " +
            "identification = excluded.identification, ledger_account = excluded.ledger_account, " +
            "lockbox_by_file = excluded.lockbox_by_file, ach_by_file = excluded.ach_by_file, " +
            "notifications_by_file = excluded.notifications_by_file, " +
            "version = excluded.version, closed_on = excluded.closed_on, " +
            "fee_account = excluded.fee_account, charges_account = excluded.charges_account",
            rows => rows
                .Column(e => e.Data.Code)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Currency)
                .Column(e => e.Data.Iban)
                .Column(e => e.Data.AccountNumber)
                .Column(e => e.Data.BankCode)
                .Column(e => e.Data.Iban ?? e.Data.AccountNumber!)
                .Column(e => e.Data.LedgerAccount)
                .Column(e => e.Data.DetailByFile is { Lockbox: true })
                .Column(e => e.Data.DetailByFile is { Ach: true })
                .Column(e => e.Data.DetailByFile is { Notifications: true })
                .Column(e => e.Version)
                .Column(e => e.Data.ClosedOn)
                .Column(e => e.Data.FeeAccount)
                .Column(e => e.Data.ChargesAccount));
        On<StatementBooked>(
            "update bank_accounts b set last_statement = s.statement, last_closing = s.closing, last_day = s.day, " +
            "version = s.version from unnest($1, $2, $3, $4, $5) as s (code, statement, closing, day, version) " +
            "where b.code = s.code",
            rows => rows
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.StatementId)
                .Column(e => e.Data.Closing?.Amount)
                .Column(e => e.Data.LastDay)
                .Column(e => e.Version));
    }
}
