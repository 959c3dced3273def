using Dapper;
using Npgsql;
using OrderToCash.Faults.Load;
using OrderToCash.Faults.Stage;
using OrderToCash.Local.Processes;

namespace OrderToCash.Faults.Facts;

/// <summary>Reads the facts from the databases and the broker of a system that is at rest.</summary>
internal sealed class FactsReader(FaultStage stage)
{
    private const int PatienceSeconds = 300;

    /// <summary>A day that begins while the system comes to rest, or is read, need not be noticed yet.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromMinutes(10);

    static FactsReader() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Everything.</summary>
    public async Task<SystemFacts> ReadAsync(Ledger ledger, string? unrest)
    {
        return new SystemFacts
        {
            Requests = ledger.Requests,
            Statuses = ledger.Statuses,
            Answers = await InEachAsync<KeptAnswer>(FactsSql.Answers),
            Log = await InEachAsync<LogEntry>(FactsSql.Log),
            Streams = await InEachAsync<StreamRow>(FactsSql.Streams),
            Relays = await RelaysAsync(),
            Deliveries = await DeliveriesAsync(),
            FailedMessages = await stage.FailedMessagesAsync(),
            InvoiceEvents = await InAsync<InvoiceEvent>("invoicing", FactsSql.InvoiceEvents),
            Invoices = await InAsync<InvoiceRow>("invoicing", FactsSql.Invoices),
            OpenItems = await InAsync<OpenItemRow>("invoicing", FactsSql.OpenItems),
            Subledger = await InAsync<SubledgerRow>("invoicing", FactsSql.Subledger),
            Billed = await InAsync<BilledRow>("invoicing", FactsSql.Billed),
            Corrections = await InAsync<CorrectedInvoice>("invoicing", FactsSql.Corrections),
            MemoEvents = await InAsync<MemoEvent>("invoicing", FactsSql.MemoEvents),
            Memos = await InAsync<MemoRow>("invoicing", FactsSql.Memos),
            AppliedCredits = await InAsync<AppliedCredit>("invoicing", FactsSql.AppliedCredits),
            CreditsBesidePayments =
                await InAsync<CreditBeside>("invoicing", FactsSql.CreditsBesidePayments),
            CreditsAsked = await InAsync<AskedCredit>("cash-application", FactsSql.CreditsAsked),
            FeesAsked = await InAsync<AskedFee>("collections", FactsSql.FeesAsked),
            FeesAnswered = await InAsync<AnsweredFee>("collections", FactsSql.FeesAnswered),
            GivenUp = await InBothAsync<GivenUp>(WriteOffSql.GivenUp),
            RunRests = await InBothAsync<RunRest>(WriteOffSql.Rests),
            RunOutcomes = await InBothAsync<RunOutcome>(WriteOffSql.Outcomes),
            Days = await DaysAsync(),
            PromiseEvents = await InAsync<PromiseEvent>("collections", PromiseSql.Events),
            PromisedItems = await InAsync<PromisedItem>("collections", PromiseSql.Items),
            ItemFalls = await InAsync<ItemFall>("invoicing", PromiseSql.Falls),
            Unreviewed = (await InAsync<Guid>("collections", PromiseSql.Unreviewed)).ToHashSet(),
            Holds = await InAsync<HoldSpan>("collections", PromiseSql.Holds),
            Contacts = await InAsync<ContactMade>("collections", PromiseSql.Contacts),
            PlanEvents = await InAsync<PlanEvent>("collections", PlanSql.Events),
            PlanParts = await InAsync<PlanPart>("collections", PlanSql.Parts),
            RescheduleAnswers = await InAsync<Guid>("invoicing", PlanSql.Answers),
            HeldReceipts = await InAsync<HeldReceipt>("cash-application", HeldSql.Receipts),
            Journal = await InAsync<JournalLineRow>("invoicing", FactsSql.Journal),
            ReceiptEvents = await InAsync<ReceiptEvent>("cash-application", FactsSql.ReceiptEvents),
            AllocationEvents =
                await InAsync<AllocationEvent>("cash-application", FactsSql.AllocationEvents),
            CreditEvents = await InAsync<CreditEvent>("credit", FactsSql.CreditEvents),
            Exposures = await InAsync<ExposureRow>("credit", FactsSql.Exposures),
            Numbers =
            [
                .. await InAsync<GivenNumber>("invoicing", FactsSql.InvoicingNumbers),
                .. await InAsync<GivenNumber>("cash-application", FactsSql.ReceiptNumbers),
            ],
            Series =
            [
                .. await InAsync<SeriesRow>("invoicing", FactsSql.InvoicingSeries),
                .. await InAsync<SeriesRow>("cash-application", FactsSql.ReceiptSeries),
            ],
            Copies = await CopiesAsync(),
            Unrest = unrest,
        };
    }

    /// <summary>How many write-off runs are under way.</summary>
    public async Task<long> WritingOffAsync() => (await InBothAsync<long>(WriteOffSql.Running)).Sum();

    /// <summary>How many legal entities have a day of which Collections has yet to see the beginning.</summary>
    public async Task<long> DaysToBeginAsync() =>
        (await InAsync<long>("collections", PromiseSql.DaysToBegin))[0];

    /// <summary>How many customers Collections has yet to look at.</summary>
    public async Task<long> ReviewsAsync() => (await InAsync<long>("collections", PromiseSql.Reviews))[0];

    /// <summary>Where the relays are.</summary>
    public Task<IReadOnlyList<RelayPosition>> RelaysAsync() => InEachAsync<RelayPosition>(FactsSql.Relays);

    /// <summary>Where cash application is with matching waiting money again.</summary>
    public async Task<MatchingPosition> MatchingAsync() =>
        (await InAsync<MatchingPosition>("cash-application", FactsSql.Matching))[0];

    /// <summary>How far notices are sent; what is sent may cost something, so there is more to come.</summary>
    public async Task<SendingPosition> SendingAsync() =>
        (await InAsync<SendingPosition>("collections", FactsSql.Sending))[0];

    /// <summary>How many messages each queue's service has noted as handled.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HandledAsync() =>
        (await InEachAsync<HandledCount>(FactsSql.HandledCounts)).ToDictionary(row => row.Queue, row => row.Count);

    /// <summary>True when the exchange has seen every message that the events make, and each queue its own.</summary>
    public async Task<bool> IsEverythingDeliveredAsync() =>
        (await DeliveriesAsync()).All(delivery => delivery.Expected.IsSubsetOf(delivery.Seen));

    private async Task<IReadOnlyList<Delivery>> DeliveriesAsync()
    {
        var due = await DueMessages.OfAsync(stage);
        var messages = stage.Tap.Messages();
        var handled = (await InEachAsync<HandledMessage>(FactsSql.Handled))
            .ToLookup(row => row.Queue, row => row.Message);
        var bindings = await stage.BindingsAsync();
        return
        [
            new Delivery("otc.events", due, messages.Select(message => message.Id).ToHashSet()),
            .. bindings.Select(queue => new Delivery(
                queue.Key,
                messages.Where(message => queue.Contains(message.RoutingKey)).Select(message => message.Id).ToHashSet(),
                handled[queue.Key].ToHashSet())),
        ];
    }

    /// <summary>
    /// By Collections' slowest clock: whoever is behind judges by that, and what a day has ended is looked at once.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, DateTime>> DaysAsync()
    {
        var now = TimeProvider.System.GetUtcNow() - Noticed - stage.Behind("collections");
        return (await InAsync<EntityZone>("invoicing", FactsSql.Zones)).ToDictionary(
            row => row.Entity,
            row => TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(row.Zone)).Date);
    }

    private async Task<IReadOnlyList<Copy>> CopiesAsync()
    {
        var copies = new List<Copy>();
        foreach (var copy in CopySql.All)
        {
            var source = await RowsAsync(copy.SourceService, copy.Source);
            copies.Add(new Copy(copy.Name, source, await RowsAsync(copy.Service, copy.Replica)));
        }

        return copies;
    }

    private async Task<IReadOnlyDictionary<string, string>> RowsAsync(string service, string sql) =>
        (await InAsync<KeyedRow>(service, sql)).ToDictionary(row => row.Key, row => row.Value);

    /// <summary>In the two that keep the books.</summary>
    private async Task<IReadOnlyList<T>> InBothAsync<T>(string sql) =>
        [.. await InAsync<T>("invoicing", sql), .. await InAsync<T>("cash-application", sql)];

    private async Task<IReadOnlyList<T>> InEachAsync<T>(string sql)
    {
        var rows = new List<T>();
        foreach (var program in FaultStage.Services)
            rows.AddRange(await InAsync<T>(program.Name, sql));
        return rows;
    }

    private async Task<IReadOnlyList<T>> InAsync<T>(string service, string sql)
    {
        await using var connection = new NpgsqlConnection(stage.DatabaseOf(service));
        await connection.OpenAsync();
        return [.. await connection.QueryAsync<T>(sql, new { service }, commandTimeout: PatienceSeconds)];
    }

    private sealed record EntityZone(string Entity, string Zone);

    private sealed record KeyedRow(string Key, string Value);

    private sealed record HandledCount(string Queue, long Count);

    private sealed record HandledMessage(string Queue, Guid Message);
}
