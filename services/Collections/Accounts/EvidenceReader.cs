using Npgsql;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>Puts together what speaks for a recommendation.</summary>
public sealed class EvidenceReader(NpgsqlDataSource database, PolicyBook policies)
{
    /// <summary>Of the whole company by a merge; the class of risk is the customer's own.</summary>
    private const string Facts =
        $"""
        select (select count(*)::int from notices n where n.customer_id = any(c.company) and n.status = 'sent'),
               (select count(distinct coalesce(a.activity_id, a.id))::int from contact_attempts a
                   where a.customer_id = any(c.company) and a.outcome = 'attempted' and not a.is_copy),
               (select count(*)::int from contact_attempts a
                   where a.customer_id = any(c.company) and a.conversation),
               (select count(*)::int from promises p where p.customer_id = any(c.company) and p.status = 'broken'),
               (select count(*)::int from payment_plans p
                   where p.customer_id = any(c.company) and p.status = 'breached'),
               (select count(*)::int from disputes d where d.customer_id = any(c.company) and d.status = 'rejected'),
               (select max(s.value_date) from settlements s
                   where s.customer_id = any(c.company) and s.kind = 'payment' and not s.reversed),
               (select h.kind from holds h
                   where h.customer_id = any(c.company) and h.status = 'active' and h.invoice_id is null
                   order by h.kind <> 'bankruptcy', h.kind = 'dunning-block' limit 1),
               (select count(distinct coalesce(a.activity_id, a.id))::int from contact_attempts a
                   where a.customer_id = any(c.company) and a.outcome = 'attempted' and not a.is_copy
                   and (a.at at time zone 'UTC')::date > $2),
               {CustomerRisks.Columns}
        from (select c.id, {ContactBook.Company} as company from (select $1::uuid as id) c) c
        left join customer_risks u on u.customer_id = c.id
        """;

    /// <summary>
    /// What is known on the customer's day about what it owes. Contact costs a share of all of it: of several
    /// currencies in the books', and nothing that could be compared where one of them has no rate.
    /// </summary>
    public async Task<Evidence> ReadAsync(
        RecommendedCustomer customer, IReadOnlyCollection<RecommendedItem> items, EntityRates? rates,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(items);
        var today = customer.Today;
        var owed = Owed([.. items.Select(item => item.Amount)], rates);
        var oldest = items.Select(item => item.DueDate).DefaultIfEmpty(today).Min();
        var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
        var price = policy.CostPerContact?.Where(cost => cost.Currency == owed?.Currency).Cast<Money?>()
            .SingleOrDefault();
        await using var command = database.CreateCommand(Facts);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customer.Id });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = oldest });
        var facts = (await command.ReadAsync(
            row => new Evidence(
                Math.Max(today.DayNumber - oldest.DayNumber, 0), row.GetInt32(0), row.GetInt32(1), row.GetInt32(2),
                row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.Optional<DateOnly>(6), row.Text(7), 0, [],
                CustomerRisks.Read(row, 9)?.RiskClass, CustomerRisks.Read(row, 9)?.Score,
                price?.Times(row.GetInt32(8))),
            cancellation)).Single();
        var (score, reasons) = EvidenceScore.Of(
            facts, owed ?? Money.Zero(Currency.Of(customer.Currency)), today,
            (policy.Worklist ?? StandardPolicy.Weights).OfRisk(facts.RiskClass));
        return facts with { Score = score, Reasons = reasons };
    }

    /// <summary>All of it in one currency; null where there is nothing, or no rate to add it up by.</summary>
    public static Money? Owed(IReadOnlyList<Money> amounts, EntityRates? rates)
    {
        Currency[] currencies = [.. amounts.Select(amount => amount.Currency).Distinct()];
        return currencies switch
        {
            [] => null,
            [var only] => Money.Sum(amounts, only),
            _ => rates is not null && currencies.All(rates.Knows) ? rates.Sum(amounts) : null,
        };
    }
}
