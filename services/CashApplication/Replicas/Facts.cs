using Dapper;
using Npgsql;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>A legal entity as this service knows it.</summary>
public sealed record LegalEntityRow(
    string Code, string Name, string BaseCurrency, string TimeZone, string UnappliedCashAccount,
    string UnidentifiedCashAccount, string CashClearingAccount, string? SmallDifferencesAccount)
{
    /// <summary>The accounts of a receipt that reached a bank account of this ledger account, or none yet.</summary>
    public LedgerAccounts AccountsFor(string? bankLedgerAccount, string? bankCharges = null) =>
        new(bankLedgerAccount ?? CashClearingAccount, UnappliedCashAccount, UnidentifiedCashAccount,
            SmallDifferencesAccount, CashClearingAccount, bankCharges);
}

/// <summary>A customer as this service knows it.</summary>
public sealed record CustomerRow(Guid Id, string Number, string LegalEntity, string Name, Guid? ParentId);

/// <summary>An installment as this service knows it, with what is promised of it already.</summary>
public sealed record OpenItemRow(
    Guid InvoiceId, int Installment, string InvoiceNumber, string LegalEntity, Guid CustomerId, DateOnly DueDate,
    string Currency, decimal Balance, DateOnly? DiscountUntil, decimal? DiscountRate, DateOnly? UnearnedUntil,
    decimal? UnearnedLeft, decimal Promised)
{
    /// <summary>The cash discount it offers, or null.</summary>
    public OfferedDiscount? Discount => DiscountRate is { } rate && DiscountUntil is { } until
        ? new OfferedDiscount(rate, until, UnearnedUntil, UnearnedLeft is { } left ? Money.Of(left, Currency) : null)
        : null;

    /// <summary>What is open and not promised; below zero for the moment between two messages.</summary>
    public decimal Available => Math.Max(0, Balance - Promised);
}

/// <summary>Single look-ups that decisions need.</summary>
public static class Facts
{
    /// <summary>The legal entity, or null.</summary>
    public static async Task<LegalEntityRow?> LegalEntityAsync(
        this NpgsqlDataSource database, string code, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<LegalEntityRow>(new CommandDefinition(
            "select code, name, base_currency, time_zone, unapplied_cash_account, unidentified_cash_account, " +
            "cash_clearing_account, small_differences_account from legal_entities where code = @code",
            new { code }, cancellationToken: cancellation));
    }

    /// <summary>The customer, or null.</summary>
    public static async Task<CustomerRow?> CustomerAsync(
        this NpgsqlDataSource database, Guid id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<CustomerRow>(new CommandDefinition(
            "select id, number, legal_entity, name, parent_id from customers where id = @id", new { id },
            cancellationToken: cancellation));
    }

    /// <summary>The bank account of this code, or null.</summary>
    public static async Task<BankAccountRow?> BankAccountAsync(
        this NpgsqlDataSource database, string code, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<BankAccountRow>(new CommandDefinition(
            "select code, legal_entity, currency, iban, account_number, bank_code, ledger_account, lockbox_by_file, " +
            "ach_by_file, notifications_by_file, last_statement, last_closing, last_day, version, closed_on, " +
            "fee_account, charges_account from bank_accounts where code = @code",
            new { code }, cancellationToken: cancellation));
    }

    /// <summary>
    /// The accounts that a bank may mean by these identifications; one may be kept in several currencies or at several
    /// banks.
    /// </summary>
    public static async Task<IReadOnlyList<BankAccountRow>> BankAccountsIdentifiedAsync(
        this NpgsqlDataSource database, IEnumerable<string> identifications, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<BankAccountRow>(new CommandDefinition(
            "select code, legal_entity, currency, iban, account_number, bank_code, ledger_account, lockbox_by_file, " +
            "ach_by_file, notifications_by_file, last_statement, last_closing, last_day, version, closed_on, " +
            "fee_account, charges_account from bank_accounts where identification = any(@identifications)",
            new { identifications = identifications.ToArray() }, cancellationToken: cancellation))).AsList();
    }

    /// <summary>All installments of these invoices.</summary>
    public static async Task<IReadOnlyList<OpenItemRow>> OpenItemsAsync(
        this NpgsqlDataSource database, IEnumerable<Guid> invoiceIds, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<OpenItemRow>(new CommandDefinition(
            "select i.invoice_id, i.installment, i.invoice_number, i.legal_entity, i.customer_id, i.due_date, " +
            "i.currency, i.balance, i.discount_until, i.discount_rate, i.unearned_until, i.unearned_left, " +
            "coalesce((select sum(p.settled + p.credited) from allocations p where p.invoice_id = i.invoice_id " +
            "and p.installment = i.installment and p.status = 'pending'), 0) as promised " +
            "from open_items i where i.invoice_id = any(@invoiceIds)",
            new { invoiceIds = invoiceIds.ToArray() }, cancellationToken: cancellation))).AsList();
    }
}
