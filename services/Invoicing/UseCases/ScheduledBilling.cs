using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What became of one due invoice of a schedule.</summary>
/// <param name="Refusal">Why it was not issued, or null.</param>
public sealed record ScheduledInvoice(
    Guid ScheduleId, string Key, Guid? InvoiceId, string? Number, Money? Total, Refusal? Refusal);

/// <summary>
/// Issues what schedules have come to. Invoice and schedule are written together, each at the version they were decided
/// on and the invoice under the one identifier of its period: so a period is billed once by any number of instances,
/// and after weeks in which nothing ran every missed period is. What is late is dated the day it is issued, so nobody
/// has less time to pay because we were late.
/// </summary>
public sealed class ScheduledBilling(EventStore store, DocumentNumbers numbers, TimeProvider clock)
{
    /// <summary>Schedules looked up together.</summary>
    private const int SchedulesAtOnce = 200;

    /// <summary>No further schedule is begun after so many invoices: a go ends before whoever waits gives up.</summary>
    private const int InvoicesAtOnce = 500;

    /// <summary>
    /// Those with something to bill, longest due first, after this one. One that was refused today is left alone until
    /// tomorrow, unless somebody asks again.
    /// </summary>
    private const string Due =
        """
        select s.schedule_id, s.next_bill_on from billing_schedules s join legal_entities e on e.code = s.legal_entity
        where s.next_bill_on <= (@now at time zone e.time_zone)::date
            and (@again or s.refused_on is null or s.refused_on < (@now at time zone e.time_zone)::date)
            and (@legalEntity::text is null or s.legal_entity = @legalEntity)
            and (s.next_bill_on, s.schedule_id) > (@billOn, @scheduleId)
        order by s.next_bill_on, s.schedule_id limit @limit
        """;

    /// <summary>Bills what is due, of one legal entity or of all; gives what became of it.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="again">Also what was refused today already: its cause may be gone.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two invoices.</param>
    public async Task<IReadOnlyList<ScheduledInvoice>> BillAsync(
        EventMetadata metadata, string? legalEntity, bool again, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var outcome = new List<ScheduledInvoice>();
        var after = (Id: Guid.Empty, BillOn: DateOnly.MinValue);
        while (await DueAsync(legalEntity, again, after, cancellation) is { Count: > 0 } due)
        {
            foreach (var (id, _) in due)
            {
                if (outcome.Count >= InvoicesAtOnce)
                    return outcome;
                await attempt(
                    $"Billing of schedule {id}",
                    async () => outcome.AddRange(await BillAsync(id, metadata, cancellation)), cancellation);
            }

            after = due[^1];
        }

        return outcome;
    }

    /// <summary>Bills what is due of one schedule, in order; what is refused holds up what comes after it.</summary>
    public async Task<IReadOnlyList<ScheduledInvoice>> BillAsync(
        Guid scheduleId, EventMetadata metadata, CancellationToken cancellation)
    {
        var outcome = new List<ScheduledInvoice>();
        while (await BillNextAsync(scheduleId, metadata, cancellation) is { } next)
        {
            outcome.Add(next);
            if (next.Refusal is not null)
                break;
        }

        return outcome;
    }

    /// <summary>What became of the first invoice that is due; null where none is.</summary>
    private async Task<ScheduledInvoice?> BillNextAsync(
        Guid scheduleId, EventMetadata metadata, CancellationToken cancellation)
    {
        ScheduledInvoice? next = null;
        var result = await numbers.CommitAsync(
            async token =>
            {
                next = null;
                var batch = new WriteBatch(metadata);
                var (schedule, version) = await store.LoadAsync(BillingScheduleStream.Type, scheduleId, token);
                if (schedule.Agreed is not { } agreed || schedule.IsPaused || schedule.Next() is not { } period)
                    return NumberedWrite.Of(batch);
                var today = await TodayAsync(agreed.LegalEntity, token);
                if (period.BillOn > today)
                    return NumberedWrite.Of(batch);
                var (draft, refusal) = await DraftAsync(agreed, period, token);
                if (draft is null)
                {
                    next = new(scheduleId, period.Key, null, null, null, refusal);
                    return NumberedWrite.Of(batch.Append(
                        BillingScheduleStream.Type, scheduleId, version,
                        BillingScheduleDecider.Refuse(schedule, period, today, refusal!).Events));
                }

                var id = BillingScheduleStream.InvoiceId(scheduleId, period.Key);
                var series = NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate);
                return new NumberedWrite([series], drawn =>
                {
                    var number = drawn.Next(series);
                    next = new(scheduleId, period.Key, id, number, draft.Total, null);
                    return batch
                        .Append(InvoiceStream.Type, id, 0, InvoiceDecider.Issue(Invoice.Initial, draft, number).Events)
                        .Append(
                            BillingScheduleStream.Type, scheduleId, version,
                            BillingScheduleDecider.Bill(schedule, period, id, number, draft.Total).Events);
                });
            },
            cancellation);
        return result.IsCommitted
            ? next
            : throw new InvalidOperationException($"It was not billed: {result.Status} {result.Constraint}");
    }

    private async Task<(InvoiceDraft? Draft, Refusal? Refusal)> DraftAsync(
        BillingScheduleCreated agreed, BillingPeriod period, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var wish = new IssueInvoice(
            agreed.CustomerId, period.Lines, null, agreed.Currency, agreed.OrderReference, agreed.PurchaseOrder,
            agreed.Terms);
        var account = (await BillingAccounts.LoadAsync(store.Database, null, [wish], now, cancellation))[0];
        return account switch
        {
            null => (null, InvoiceRefusals.UnknownCustomer(agreed.CustomerId)),
            { Status: CustomerStatus.Terminated } => (null, BillingScheduleRefusals.Terminated()),
            _ => InvoiceDraft.Of(wish, account, now),
        };
    }

    private async Task<List<(Guid Id, DateOnly BillOn)>> DueAsync(
        string? legalEntity, bool again, (Guid Id, DateOnly BillOn) after, CancellationToken cancellation)
    {
        var parameters = new
        {
            now = clock.GetUtcNow(),
            legalEntity,
            again,
            billOn = after.BillOn,
            scheduleId = after.Id,
            limit = SchedulesAtOnce,
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, DateOnly BillOn)>(new CommandDefinition(
            Due, parameters, cancellationToken: cancellation))).AsList();
    }

    private async Task<DateOnly> TodayAsync(string legalEntity, CancellationToken cancellation)
    {
        var entity = await store.LoadAsync(LegalEntityStream.Type, LegalEntityStream.Id(legalEntity), cancellation);
        return clock.Today(entity.State.Definition!.TimeZone);
    }
}
