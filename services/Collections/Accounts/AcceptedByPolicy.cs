using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>What of an invoice the policy has found too small to look into, and accepted by itself.</summary>
internal static class AcceptedByPolicy
{
    private const string OfInvoice =
        "select coalesce(sum(accepted), 0) from disputes where invoice_id = $1 and currency = $2 and by_policy";

    private const string TooMuch =
        $"select case when ({OfInvoice}) > $3 then otc_version_conflict() else 0 end";

    /// <summary>The sum of it.</summary>
    public static async Task<Money> OfInvoiceAsync(
        NpgsqlDataSource database, Guid invoiceId, Currency currency, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfInvoice);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = currency.Code });
        return Money.Of((await command.ReadAsync(row => row.GetDecimal(0), cancellation)).Single(), currency);
    }

    /// <summary>
    /// Turns a write away by which it would be more than this: of two small disputes at once, under the lock of the
    /// invoice, the second is decided again.
    /// </summary>
    public static NpgsqlBatchCommand AtMost(Guid invoiceId, Money limit)
    {
        var command = new NpgsqlBatchCommand(TooMuch);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = limit.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = limit.Amount });
        return command;
    }
}
