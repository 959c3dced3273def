using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What would follow from a file whose effects are held, on what is known at this moment.</summary>
/// <param name="Receipts">Its receipts that nothing is decided about.</param>
/// <param name="Matching">What would become of the first 1,000 of them.</param>
/// <param name="Returns">The receipts that would be taken back, of the first 500 payments of the file that came back
/// and that nobody has told the receipt of.</param>
public sealed record HeldEffectsView(
    int Receipts, PreviewedMatching Matching, IReadOnlyList<HeldReturnView> Returns);

/// <summary>A payment that came back, and the receipt that it would take back.</summary>
/// <param name="Reason"><c>nsf</c>, <c>return</c> or <c>chargeback</c>.</param>
/// <param name="Code">The bank's code, e.g. <c>R01</c>, or null.</param>
/// <param name="FoundBy"><c>reference</c>, <c>check</c> or <c>payer</c>.</param>
public sealed record HeldReturnView(
    int Statement, int Entry, int Detail, Guid ReceiptId, Money Amount, string Reason, string? Code, string FoundBy);

/// <summary>Says what is held of a file, by the same matching and the same search as when it is armed.</summary>
public sealed class HeldEffects(EventStore store, ReceiptMatching matching, ReturnedPayments returns)
{
    private const string Waiting = $"""
        select w.id, count(*) over () as all_of_them from receipts w
        where w.id in (select unnest(l.receipt_ids) from statement_lines l where l.import_id = @importId)
            and w.aside = '{AsideReasons.Held}' and w.unapplied > w.on_account and w.status <> 'reversed'
        order by w.id limit 1000
        """;

    /// <summary>Nothing is written.</summary>
    public async Task<HeldEffectsView> OfAsync(Guid importId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var waiting = (await connection.QueryAsync<(Guid Id, long All)>(
            new CommandDefinition(Waiting, new { importId }, cancellationToken: cancellation))).AsList();
        var matches = await MatchAsync([.. waiting.Select(one => one.Id)], cancellation);
        var found = await returns.FindAsync(importId, cancellation);
        return new HeldEffectsView(
            waiting is [var first, ..] ? (int)first.All : 0,
            PreviewedMatching.Of(matches.Count, entered: 0, matches),
            [
                .. found.Select(one => new HeldReturnView(
                    one.Statement, one.Entry, one.Detail, one.ReceiptId, Money.Of(one.Amount, one.Currency),
                    one.Reason, one.Code, one.FoundBy)),
            ]);
    }

    private async Task<IReadOnlyList<MatchResult>> MatchAsync(Guid[] ids, CancellationToken cancellation)
    {
        var payments = new List<(string LegalEntity, Payment Payment)>(ids.Length);
        foreach (var id in ids)
        {
            var (receipt, _) = await store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (ReceiptMatching.PaymentOf(id, receipt) is { } payment)
                payments.Add((receipt.LegalEntity, payment));
        }

        var matches = new List<MatchResult>(payments.Count);
        foreach (var entity in payments.GroupBy(one => one.LegalEntity, one => one.Payment))
        {
            var settings = await matching.SettingsAsync(entity.Key, cancellation);
            var matched = await matching.MatchInOrderAsync(entity.Key, [.. entity], settings, cancellation);
            matches.AddRange(matched.Matches);
        }

        return matches;
    }
}
