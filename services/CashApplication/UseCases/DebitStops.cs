using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Returned payments that stop further debits until a person has looked at them: the payer did not authorise the debit,
/// or it has been presented as often as it may be. An account that is closed or unknown is stopped by itself.
/// </summary>
internal static class DebitStops
{
    /// <summary>
    /// Of the debit <c>d</c>: how often the same has come back for want of money, itself counted. Debits of one amount
    /// that paid different items are not the same, as those of every month; where it is not known what one of them
    /// paid, the amount alone tells.
    /// </summary>
    public const string Presentments = """
        (case when d.code = any(@representable) then (
            select count(*) from returned_payments q
            where q.bank_account = d.bank_account and q.account = d.account and q.currency = d.currency
                and q.amount = d.amount and q.code = any(@representable)
                and (q.receipt_id is not null
                    or not exists (select 1 from statement_imports f where f.id = q.import_id and f.effects = 'held'))
                and q.booking_date between d.booking_date - 180 and d.booking_date
                and (not exists (select 1 from allocations a where a.receipt_id = d.receipt_id)
                    or not exists (select 1 from allocations a where a.receipt_id = q.receipt_id)
                    or exists (select 1 from allocations a join allocations o using (invoice_id, installment)
                        where a.receipt_id = d.receipt_id and o.receipt_id = q.receipt_id))) else 0 end)
        """;

    /// <summary>
    /// True of the debit <c>d</c> but where its file's effects are held: then it neither stops anything nor counts,
    /// unless a person has told which receipt it takes back.
    /// </summary>
    public const string IsArmed = "(d.receipt_id is not null or not exists (select 1 from statement_imports f " +
        "where f.id = d.import_id and f.effects = 'held'))";

    /// <summary>True of the debit <c>d</c> while it stops further ones.</summary>
    public const string IsToReview =
        "(d.reviewed is null and (coalesce(d.code = any(@stopping), false) " +
        $"or {Presentments} >= @mostPresentments) and {IsArmed})";

    /// <summary>
    /// True where the receipt <c>r</c>, or what came back of it, is of the account: of its bank where both are told.
    /// </summary>
    private const string IsOfAccount =
        "(same_account(r.payer_bank, r.payer_account, @bank::text, @account::text) or same_account(" +
        "case when r.payer_account = d.account then r.payer_bank end, d.account, @bank::text, @account::text))";

    private const string Stop = $"""
        select d.code, d.booking_date
        from returned_payments d
        join bank_accounts b on b.code = d.bank_account
        left join receipts r on r.id = d.receipt_id
        where b.legal_entity = @legalEntity and (
            ((r.customer_id = @customerId::uuid or {IsOfAccount}) and {IsToReview})
            or ({IsOfAccount} and d.code = any(@ofAccount) and d.reviewed is null and {IsArmed}))
        order by d.booking_date desc limit 1
        """;

    /// <summary>Adds what these conditions need.</summary>
    public static void Add(DynamicParameters parameters)
    {
        parameters.Add("representable", ReturnReasons.Representable);
        parameters.Add("stopping", ReturnReasons.Stopping);
        parameters.Add("mostPresentments", ReturnReasons.MostPresentments);
    }

    /// <summary>Why nothing may be debited from a customer or account, or null; the bank tells accounts of one number
    /// apart, where it is told.</summary>
    public static async Task<Refusal?> OfAsync(
        NpgsqlDataSource database, string legalEntity, Guid? customerId, string? bank, string? account,
        CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(
            new { legalEntity, customerId, bank, account, ofAccount = ReturnReasons.OfAccount });
        Add(parameters);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var stops = (await connection.QueryAsync<(string Code, DateOnly Day)>(
            new CommandDefinition(Stop, parameters, cancellationToken: cancellation))).AsList();
        return stops is [var found]
            ? Refusal.State(
                "debits-stopped",
                $"A payment came back on {found.Day:O} ({found.Code}, {ReturnReasons.Of(found.Code)?.Meaning}): " +
                "nothing is debited until somebody has looked at it.")
            : null;
    }
}
