using System.Text.Json;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Archive;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Keeps what a month reported when it was closed: aging, roll-forward and tie-out as they were known at that moment.
/// It follows the log, so one instance does it and none is forgotten. All documents of a close are kept by one
/// statement, and what is kept stays: whatever is made twice is there once. A month that was closed again has both.
/// A close whose reports cannot be made is tried again with the others of its page, and keeps none of them waiting.
/// </summary>
public sealed class MonthEndPackMaker(EventStore store, MonthEndPacks packs, ReportMoments moments) : ISubscription
{
    /// <inheritdoc/>
    public string Name => "MonthEndPackMaker:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(PeriodClosed)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        foreach (var e in events)
        {
            try
            {
                if (e.Data is PeriodClosed closed && !await IsKeptAsync(e.Id, cancellation))
                    await MakeAsync(e.Id, e.At, closed.LegalEntity, Period.Parse(closed.Period), cancellation);
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                failures.Add(new InvalidOperationException($"No pack of close {e.Id}: {error.Message}", error));
            }
        }

        return failures.Count == 0 ? [] : throw new AggregateException(failures);
    }

    /// <summary>Where one document is, all are; this one is small.</summary>
    private async Task<bool> IsKeptAsync(Guid closeId, CancellationToken cancellation) =>
        await packs.FindAsync(closeId, $"{MonthEndPack.TieOut}.xlsx", cancellation) is not null;

    /// <summary>
    /// Whoever closed with a clock that is fast has a moment to come: then the reports are of now, which nothing that
    /// the month holds comes after.
    /// </summary>
    private async Task MakeAsync(
        Guid closeId, DateTimeOffset closedAt, string legalEntity, Period month, CancellationToken cancellation)
    {
        var knownAt = await moments.TellAsync(closedAt, cancellation);
        var aging = await AgingReport.FindAsync(legalEntity, month.LastDay, knownAt, store, cancellation);
        var rollForward = await RollForwardReport.FindAsync(
            legalEntity, month.FirstDay, month.LastDay, knownAt, store, cancellation);
        var tieOut = await TieOutReport.FindAsync(legalEntity, month.LastDay, knownAt, store, cancellation);
        await packs.KeepAsync(
            [
                .. Both(MonthEndPack.Aging, aging, AgingReport.TableOf(aging)),
                .. Both(MonthEndPack.RollForward, rollForward, RollForwardReport.TableOf(rollForward)),
                .. Both(MonthEndPack.TieOut, tieOut, TieOutReport.TableOf(tieOut)),
            ],
            cancellation);

        IEnumerable<KeptDocument> Both<TReport>(string name, TReport report, Table table) =>
        [
            new KeptDocument(closeId, $"{name}.json", JsonSerializer.SerializeToUtf8Bytes(report, Json.Wire)),
            new KeptDocument(closeId, $"{name}.xlsx", Tables.Workbook(table)),
        ];
    }
}
