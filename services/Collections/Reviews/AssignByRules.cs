using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Gives customers to the collectors that the rules of their legal entity name. Where only a newer version understands
/// the rule that may be for a customer, it is left where it is.
/// </summary>
public sealed class AssignByRules(EventSourcing.EventStore store) : IReviewStep
{
    private const string Traits =
        "select c.id, c.name, c.segment, c.country, c.language, c.currency, k.collector, k.rule, k.by_hand, " +
        "c.address->>'Region' " +
        "from customers c left join collectors k on k.customer_id = c.id where c.id = any($1)";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var rules = new Dictionary<string, PortfolioRules>(StringComparer.Ordinal);
        foreach (var entity in chunk.Customers.Select(customer => customer.LegalEntity).Distinct())
        {
            var (state, _) = await store.LoadAsync(
                PortfolioRulesStream.Type, PortfolioRulesStream.Id(entity), cancellation);
            if (state.Definition is { Rules.Count: > 0 })
                rules[entity] = state;
        }

        if (rules.Count == 0)
            return;
        var items = await chunk.ItemsAsync(cancellation);
        var entities = chunk.Customers.ToDictionary(customer => customer.Id, customer => customer.LegalEntity);
        await using var command = store.Database.CreateCommand(Traits);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        foreach (var (id, traits, collector, byHand) in await command.ReadAsync(
            row => Row(row, items), cancellation))
        {
            if (byHand || !rules.TryGetValue(entities[id], out var of))
                continue;
            var rule = PortfolioRulesDecider.RuleFor(of, traits);
            if (rule is { Customers.IsUnderstood: false } || rule?.Collector == collector)
                continue;
            var assigned = new CollectorAssigned(id, entities[id], rule?.Collector, rule?.Name ?? "none");
            await store.DecideAsync(
                CollectionAccountStream.Type, CollectionAccountStream.Id(id), IReviewStep.Itself,
                account => CollectionAccountDecider.Assign(account, assigned), cancellation: cancellation);
        }
    }

    private static (Guid Id, CustomerTraits Traits, string? Collector, bool ByHand) Row(
        NpgsqlDataReader row, ILookup<Guid, ItemFacts> items)
    {
        var id = row.GetGuid(0);
        var open = items[id].GroupBy(item => item.Balance.Currency)
            .Select(one => Money.Sum(one.Select(item => item.Balance), one.Key));
        return (id, new CustomerTraits(
            row.GetString(1), row.Text(2), row.Text(3), row.GetString(4), Currency.Of(row.GetString(5)), [.. open],
            row.Text(9)),
            row.Text(6), row.Text(6) is not null && row.GetBoolean(8));
    }
}
