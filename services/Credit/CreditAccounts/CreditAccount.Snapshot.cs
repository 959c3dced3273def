using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

public sealed partial record CreditAccount
{
    /// <summary>
    /// How accounts with long streams are kept. Whoever changes the state or what an event does to it, or adds an event
    /// or a field of one that is held, raises the shape: what was folded before is folded anew, and an older instance
    /// goes on from no event that it cannot read (<c>SnapshotShapes</c> in Architecture.Tests knows which code
    /// folds).
    /// </summary>
    public static readonly Snapshot<CreditAccount> Snapshot = Snapshots.Of<CreditAccount, CreditAccountContent>(
        "credit_account_snapshots", shape: 6, account => account.Content, Of);

    /// <summary>So many documents and orders weigh as much as an account of common size.</summary>
    private const int CommonSize = 64;

    /// <summary>What it takes of the memory for folded states, in accounts of common size.</summary>
    public int Weight => 1 + ((Receivables.Count + Credits.Count + Orders.Count + Billed.Count + Billings.Count
        + Delivered.Count + Receipts.Count) / CommonSize);

    /// <summary>Everything that it holds, as it is kept.</summary>
    internal CreditAccountContent Content => new()
    {
        Opened = Opened,
        Customer = Customer,
        Groups = Groups,
        Limit = Limit,
        TemporaryLimit = TemporaryLimit,
        Exposures = [.. Exposures.Values],
        Absorbed = [.. Absorbed],
        AbsorbedUnsettled = [.. AbsorbedUnsettled],
        AbsorbedStandings = [.. AbsorbedStandings],
        DuplicateVersions = [.. DuplicateVersions],
        Due = [.. Due.Select(due => KeyValuePair.Create(due.Key.Code, due.Value.Days))],
        Receivables = [.. Receivables],
        Credits = [.. Credits],
        Orders = [.. Orders.Values],
        Waiting = Waiting,
        Reserved = [.. Reserved],
        Billed = [.. Billed.Select(billed => KeyValuePair.Create(billed.Key.OrderId, billed.Value))],
        Billings = [.. Billings],
        Delivered = [.. Delivered.Select(delivered => KeyValuePair.Create(delivered.Key.OrderId, delivered.Value))],
        DeliveredAsOf = [.. DeliveredAsOf],
        Holds = [.. Holds.Values],
        Quiet = [.. Quiet],
        TakenBack = [.. TakenBack.Select(back => KeyValuePair.Create(
            back.Key, (IReadOnlyList<KeyValuePair<InstallmentKey, DateOnly>>)[.. back.Value]))],
        TakenBackSwept = TakenBackSwept,
        Dunned = [.. Dunned],
        Cover = [.. Cover.Values],
        Risk = Risk,
        Receipts = [.. Receipts],
        Unsettled = [.. Unsettled],
        Payments = [.. Payments],
        KnowsPayments = KnowsPayments,
        Lowered = [.. Lowered],
    };

    /// <summary>The account that holds this.</summary>
    internal static CreditAccount Of(CreditAccountContent content) => Initial with
    {
        Opened = content.Opened,
        Customer = content.Customer,
        Groups = content.Groups,
        Limit = content.Limit,
        TemporaryLimit = content.TemporaryLimit,
        Exposures = content.Exposures.ToImmutableDictionary(exposure => exposure.OpenOrders.Currency),
        Absorbed = Initial.Absorbed.AddRange(content.Absorbed),
        AbsorbedUnsettled = Initial.AbsorbedUnsettled.AddRange(content.AbsorbedUnsettled),
        AbsorbedStandings = Initial.AbsorbedStandings.AddRange(content.AbsorbedStandings),
        DuplicateVersions = Initial.DuplicateVersions.AddRange(content.DuplicateVersions),
        Due = content.Due.ToImmutableDictionary(due => Currency.Of(due.Key), due => DueBalances.Of(due.Value)),
        Receivables = Initial.Receivables.AddRange(content.Receivables),
        Credits = Initial.Credits.AddRange(content.Credits),
        Orders = Initial.Orders.AddRange(content.Orders.Select(order => KeyValuePair.Create(order.OrderId, order))),
        Waiting = [.. content.Waiting],
        Reserved = Initial.Reserved.AddRange(content.Reserved),
        Billed = content.Billed.ToImmutableDictionary(
            billed => (billed.Key, billed.Value.Currency), billed => billed.Value),
        Billings = Initial.Billings.AddRange(content.Billings),
        Delivered = content.Delivered.ToImmutableDictionary(
            delivered => (delivered.Key, delivered.Value.Currency), delivered => delivered.Value),
        DeliveredAsOf = Initial.DeliveredAsOf.AddRange(content.DeliveredAsOf),
        Holds = content.Holds.ToImmutableDictionary(hold => hold.HoldId),
        Quiet = Initial.Quiet.AddRange(content.Quiet),
        TakenBack = content.TakenBack.ToImmutableDictionary(
            back => back.Key, back => back.Value.ToImmutableDictionary()),
        TakenBackSwept = content.TakenBackSwept,
        Dunned = Initial.Dunned.AddRange(content.Dunned),
        Cover = content.Cover.ToImmutableDictionary(cover => cover.CoverId),
        Risk = content.Risk,
        Receipts = Initial.Receipts.AddRange(content.Receipts),
        Unsettled = Initial.Unsettled.AddRange(content.Unsettled),
        Payments = Initial.Payments.AddRange(content.Payments),
        KnowsPayments = content.KnowsPayments,
        Lowered = Initial.Lowered.AddRange(content.Lowered),
    };
}
