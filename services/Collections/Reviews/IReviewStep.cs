using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Reviews;

/// <summary>A customer that is looked at.</summary>
/// <param name="Id">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Today">The day it is there.</param>
/// <param name="Policy">How the legal entity collects.</param>
public sealed record ReviewedCustomer(Guid Id, string LegalEntity, DateOnly Today, CollectionPolicyDefined Policy);

/// <summary>Customers that are looked at together.</summary>
/// <param name="customers">Them.</param>
/// <param name="openItems">Reads what they owe.</param>
public sealed class ReviewChunk(IReadOnlyList<ReviewedCustomer> customers, OpenItems openItems)
{
    private Task<ILookup<Guid, ItemFacts>>? _items;

    /// <summary>The customers.</summary>
    public IReadOnlyList<ReviewedCustomer> Customers => customers;

    /// <summary>Their identifiers.</summary>
    public Guid[] Ids { get; } = [.. customers.Select(customer => customer.Id)];

    /// <summary>
    /// What they owe, read once: when the first step asks for it, those before it have judged promises, plans and
    /// holds.
    /// </summary>
    public Task<ILookup<Guid, ItemFacts>> ItemsAsync(CancellationToken cancellation) =>
        _items ??= openItems.OfAsync(Ids, cancellation);

    /// <summary>What of theirs was due before this day, as it is there; each with the day.</summary>
    /// <param name="database">Where it is read.</param>
    /// <param name="sql">Reads identifiers; <c>$1</c> are customers, <c>$2</c> the day.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<IReadOnlyList<(Guid Id, DateOnly Day)>> OverAsync(
        NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        var over = new List<(Guid Id, DateOnly Day)>();
        foreach (var day in customers.GroupBy(customer => customer.Today))
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. day.Select(one => one.Id)] });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day.Key });
            over.AddRange(await command.ReadAsync(row => (row.GetGuid(0), day.Key), cancellation));
        }

        return over;
    }
}

/// <summary>
/// One thing that is seen to whenever a customer is looked at. It reads the facts of all of them at once, decides, and
/// may be repeated at any time: what is in order already makes no event.
/// </summary>
public interface IReviewStep
{
    /// <summary>Who acts, in events that no person caused.</summary>
    static readonly EventMetadata Itself = new(CollectionsService.Name);

    /// <summary>Looks at these customers; there is at least one.</summary>
    Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation);
}
