using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;

namespace OrderToCash.Collections.Accounts;

/// <summary>Puts together what speaks for a recommendation.</summary>
public sealed class EvidenceReader(NpgsqlDataSource database)
{
    private const string Facts =
        """
        select (select count(*)::int from notices n where n.customer_id = $1 and n.status = 'sent'),
               (select count(*)::int from contact_attempts a where a.customer_id = $1 and a.outcome = 'attempted'),
               (select count(*)::int from contact_attempts a where a.customer_id = $1 and a.conversation),
               (select count(*)::int from promises p where p.customer_id = $1 and p.status = 'broken'),
               (select count(*)::int from payment_plans p where p.customer_id = $1 and p.status = 'breached'),
               (select count(*)::int from disputes d where d.customer_id = $1 and d.status = 'rejected'),
               (select max(s.value_date) from settlements s
                   where s.customer_id = $1 and s.kind = 'payment' and not s.reversed),
               (select h.kind from holds h where h.customer_id = $1 and h.status = 'active' and h.invoice_id is null
                   order by h.kind = 'dunning-block' limit 1)
        """;

    /// <summary>The evidence on a day.</summary>
    public async Task<Evidence> ReadAsync(
        Guid customerId, IEnumerable<RecommendedItem> items, DateOnly today, CancellationToken cancellation)
    {
        var oldest = items.Select(item => item.DueDate).DefaultIfEmpty(today).Min();
        await using var command = database.CreateCommand(Facts);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        var facts = (await command.ReadAsync(
            row => new Evidence(
                Math.Max(today.DayNumber - oldest.DayNumber, 0), row.GetInt32(0), row.GetInt32(1), row.GetInt32(2),
                row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.Optional<DateOnly>(6), row.Text(7), 0, []),
            cancellation)).Single();
        var (score, reasons) = EvidenceScore.Of(facts, today);
        return facts with { Score = score, Reasons = reasons };
    }
}
