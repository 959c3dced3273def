using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Keeps what is at risk with a duplicate with the customer that it was merged into: whatever moves on the one account
/// is taken over by the other, and given back when the merge is undone.
/// </summary>
public sealed class Mergers(EventStore store, DecisionBooks books)
{
    /// <summary>
    /// Pairs of a duplicate and its survivor: of customers whose exposure, holds or dunning have moved, of survivors
    /// that billed an order, and of customers that were merged, or are not any more.
    /// </summary>
    private const string Pairs =
        """
        select a.customer_id, a.merged_into from credit_accounts a
        where a.merged_into is not null and (a.customer_id = any($1) or a.merged_into = any($2))
        union
        select x.duplicate_id, x.survivor_id from credit_absorbed x where x.duplicate_id = any($3)
        """;

    /// <summary>
    /// Those who are merged, and those who still count with a survivor: a duplicate that was read before its merge was
    /// undone may be taken over after it.
    /// </summary>
    private const string All =
        """
        select customer_id, merged_into from credit_accounts where merged_into is not null and legal_entity = $1
        union
        select x.duplicate_id, x.survivor_id
        from credit_absorbed x join credit_accounts d on d.customer_id = x.duplicate_id
        where d.legal_entity = $1
        """;

    private static readonly EventMetadata Metadata = new(CreditService.Name, Reason: "Merged customers");

    /// <summary>Whom these events may have something to be taken over, or given back, of.</summary>
    public async Task<IReadOnlyList<(Guid Duplicate, Guid Survivor)>> OfAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var known = Streams(events, e => e is CustomerKnown);
        var moved = Streams(events, IsExposing).Union(known).ToArray();
        if (moved.Length == 0)
            return [];
        var billing = Streams(
            events, e => e is ReceivableRecorded { OrderId: not null } or InvoiceCreditNoted or DepositUseNoted);
        return await PairsAsync(moved, billing, known, cancellation);
    }

    /// <summary>All duplicates of a legal entity, whenever they were merged, and who may be none any more.</summary>
    public async Task<IReadOnlyList<(Guid Duplicate, Guid Survivor)>> AllAsync(
        string legalEntity, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(All);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Takes over what is at risk with a duplicate, or gives it back.</summary>
    public async Task TakeOverAsync(Guid duplicateId, Guid survivorId, CancellationToken cancellation)
    {
        var (duplicate, version) = await store.LoadAsync(CreditAccountStream.Type, duplicateId, cancellation);
        var today = (await books.FactsAsync(cancellation))(duplicate).Today;
        await store.DecideAsync(
            CreditAccountStream.Type, survivorId, Metadata,
            survivor => duplicate.Customer?.MergedInto == survivorId
                ? MergeDecider.Absorb(survivor, duplicateId, duplicate, version, today)
                : MergeDecider.Release(survivor, duplicateId, version),
            cancellation: cancellation);
    }

    private static bool IsExposing(object e) => e is ReceivableRecorded or UnappliedCashRecorded or OpenCreditRecorded
        or OrderApproved or OrderReleased or OrderReduced or OrderHeld or OrderDeclined
        or OrderCancelled or OrderExpired or ReservationConverted or ReservationRestored or DeliveryRecorded
        or InvoiceCreditNoted or DepositUseNoted or HoldPlaced or HoldReleased or ItemsDunned;

    private static Guid[] Streams(IEnumerable<StoredEvent> events, Func<object, bool> which) =>
        [.. events.Where(e => which(e.Data)).Select(e => e.StreamId).Distinct()];

    private async Task<List<(Guid Duplicate, Guid Survivor)>> PairsAsync(
        Guid[] moved, Guid[] billing, Guid[] known, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Pairs);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = moved });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = billing });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = known });
        return await ReadAsync(command, cancellation);
    }

    private static async Task<List<(Guid Duplicate, Guid Survivor)>> ReadAsync(
        NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var pairs = new List<(Guid, Guid)>();
        while (await reader.ReadAsync(cancellation))
            pairs.Add((reader.GetGuid(0), reader.GetGuid(1)));
        return pairs;
    }
}
