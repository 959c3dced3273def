using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// What of payments that bounced is known to be taken back: the messages of Invoicing about it come in any order, and
/// after that of the bounce or before it.
/// </summary>
public static class ReturnedPayments
{
    private const string TakenBack =
        "select p.receipt_id, p.currency, sum(p.amount) from unnest($1, $2) as r (receipt_id, currency) " +
        "join credit_payments p on p.receipt_id = r.receipt_id and p.currency = r.currency and p.is_reversed " +
        "group by p.receipt_id, p.currency";

    /// <summary>
    /// What was taken back of each of them, from items of whomever, by receipt. Only what had paid something is looked
    /// for.
    /// </summary>
    public static async Task<IReadOnlyDictionary<Guid, Money>> TakenBackAsync(
        NpgsqlDataSource database, IEnumerable<BouncedPayment?> payments, CancellationToken cancellation)
    {
        var bounced = payments.OfType<BouncedPayment>().Where(payment => payment.Applied is { IsZero: false })
            .DistinctBy(payment => payment.ReceiptId).ToList();
        var known = new Dictionary<Guid, Money>();
        if (bounced.Count == 0)
            return known;
        await using var command = database.CreateCommand(TakenBack);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. bounced.Select(payment => payment.ReceiptId)],
        });
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. bounced.Select(payment => payment.Applied!.Value.Currency.Code)],
        });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known[reader.GetGuid(0)] = Money.Of(reader.GetDecimal(2), Currency.Of(reader.GetString(1)));
        return known;
    }
}
