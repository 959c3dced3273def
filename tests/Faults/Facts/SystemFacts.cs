namespace OrderToCash.Faults.Facts;

/// <summary>
/// Everything the checks look at, read once after the queues have drained: what the driver remembers and what the
/// databases and the broker hold. Checks are pure functions over it, so that each can be shown to fail by changing one
/// fact.
/// </summary>
public sealed record SystemFacts
{
    /// <summary>What the driver asked for and was answered.</summary>
    public required IReadOnlyList<RememberedRequest> Requests { get; init; }

    /// <summary>How often each HTTP status was answered; 0 for no answer at all.</summary>
    public required IReadOnlyDictionary<int, int> Statuses { get; init; }

    /// <summary>Answers kept under an Idempotency-Key.</summary>
    public required IReadOnlyList<KeptAnswer> Answers { get; init; }

    /// <summary>All events of all services.</summary>
    public required IReadOnlyList<LogEntry> Log { get; init; }

    /// <summary>All streams of all services.</summary>
    public required IReadOnlyList<StreamRow> Streams { get; init; }

    /// <summary>Where each relay is.</summary>
    public required IReadOnlyList<RelayPosition> Relays { get; init; }

    /// <summary>What should have come and what came: at the exchange, and at each queue.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>Messages that are still in an error queue.</summary>
    public required IReadOnlyList<FailedMessage> FailedMessages { get; init; }

    /// <summary>Events of invoices, by invoice and version.</summary>
    public required IReadOnlyList<InvoiceEvent> InvoiceEvents { get; init; }

    /// <summary>Read model: invoices.</summary>
    public required IReadOnlyList<InvoiceRow> Invoices { get; init; }

    /// <summary>Read model: open items.</summary>
    public required IReadOnlyList<OpenItemRow> OpenItems { get; init; }

    /// <summary>Read model: sums of the subledger per invoice.</summary>
    public required IReadOnlyList<SubledgerRow> Subledger { get; init; }

    /// <summary>What was billed, by which document.</summary>
    public required IReadOnlyList<BilledRow> Billed { get; init; }

    /// <summary>Invoices that were credited whole and billed again.</summary>
    public required IReadOnlyList<CorrectedInvoice> Corrections { get; init; }

    /// <summary>Events of credit memos, by credit memo and version.</summary>
    public required IReadOnlyList<MemoEvent> MemoEvents { get; init; }

    /// <summary>Read model: credit memos.</summary>
    public required IReadOnlyList<MemoRow> Memos { get; init; }

    /// <summary>The invoices' side of credit memos that settle them.</summary>
    public required IReadOnlyList<AppliedCredit> AppliedCredits { get; init; }

    /// <summary>Credit memos that a payment says were applied beside it.</summary>
    public required IReadOnlyList<CreditBeside> CreditsBesidePayments { get; init; }

    /// <summary>Credit memos that cash application asked for with money.</summary>
    public required IReadOnlyList<AskedCredit> CreditsAsked { get; init; }

    /// <summary>Fees of dunning notices that went out.</summary>
    public required IReadOnlyList<AskedFee> FeesAsked { get; init; }

    /// <summary>What Collections was answered about them.</summary>
    public required IReadOnlyList<AnsweredFee> FeesAnswered { get; init; }

    /// <summary>What is given up, and what of it is owed after all.</summary>
    public required IReadOnlyList<GivenUp> GivenUp { get; init; }

    /// <summary>What write-off runs are about.</summary>
    public required IReadOnlyList<RunRest> RunRests { get; init; }

    /// <summary>What they say became of it.</summary>
    public required IReadOnlyList<RunOutcome> RunOutcomes { get; init; }

    /// <summary>The day it is at each legal entity, by the slowest clock of those who judge by it.</summary>
    public required IReadOnlyDictionary<string, DateTime> Days { get; init; }

    /// <summary>Events of promises.</summary>
    public required IReadOnlyList<PromiseEvent> PromiseEvents { get; init; }

    /// <summary>What promises are for.</summary>
    public required IReadOnlyList<PromisedItem> PromisedItems { get; init; }

    /// <summary>What settled installments, by Invoicing's own events.</summary>
    public required IReadOnlyList<ItemFall> ItemFalls { get; init; }

    /// <summary>Customers whom Collections has yet to look at.</summary>
    public required IReadOnlySet<Guid> Unreviewed { get; init; }

    /// <summary>Holds, and how long they held.</summary>
    public required IReadOnlyList<HoldSpan> Holds { get; init; }

    /// <summary>Who was written to, and when.</summary>
    public required IReadOnlyList<ContactMade> Contacts { get; init; }

    /// <summary>Events of payment plans, but for Invoicing's answers.</summary>
    public required IReadOnlyList<PlanEvent> PlanEvents { get; init; }

    /// <summary>Installments of plans, and what they cover.</summary>
    public required IReadOnlyList<PlanPart> PlanParts { get; init; }

    /// <summary>Requests to move due dates, as often as Invoicing has answered them.</summary>
    public required IReadOnlyList<Guid> RescheduleAnswers { get; init; }

    /// <summary>Lines of statements whose effects were held, a row for each receipt.</summary>
    public required IReadOnlyList<HeldReceipt> HeldReceipts { get; init; }

    /// <summary>Lines of the journal, both books.</summary>
    public required IReadOnlyList<JournalLineRow> Journal { get; init; }

    /// <summary>Events of receipts, by receipt and version.</summary>
    public required IReadOnlyList<ReceiptEvent> ReceiptEvents { get; init; }

    /// <summary>Events of receipts by the allocations they are about.</summary>
    public required IReadOnlyList<AllocationEvent> AllocationEvents { get; init; }

    /// <summary>Events of credit accounts, by customer and version.</summary>
    public required IReadOnlyList<CreditEvent> CreditEvents { get; init; }

    /// <summary>Read model: exposures.</summary>
    public required IReadOnlyList<ExposureRow> Exposures { get; init; }

    /// <summary>Numbers of documents, as they were given out.</summary>
    public required IReadOnlyList<GivenNumber> Numbers { get; init; }

    /// <summary>Last number of each series.</summary>
    public required IReadOnlyList<SeriesRow> Series { get; init; }

    /// <summary>Tables that must hold the same rows.</summary>
    public required IReadOnlyList<Copy> Copies { get; init; }

    /// <summary>What kept the system from coming to rest; null when it did.</summary>
    public string? Unrest { get; init; }
}

/// <summary>How a request ended for its caller.</summary>
public enum Outcome
{
    /// <summary>Answered with a 2xx.</summary>
    Accepted,

    /// <summary>Answered with a 4xx.</summary>
    Refused,

    /// <summary>No answer that says so, however often it was asked.</summary>
    Unknown,
}

/// <summary>A request as its caller remembers it.</summary>
/// <param name="Correlation">Its own correlation id; every event it causes bears it.</param>
/// <param name="Key">Its Idempotency-Key.</param>
/// <param name="Service">Who answers it.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="EventType">The event that an accepted request has left.</param>
/// <param name="Streams">The streams that have it, once each.</param>
/// <param name="Most">The most such events it may ever leave, whatever was answered.</param>
/// <param name="AnswerHash">SHA-256 of the body of the accepted answer, in hex.</param>
/// <param name="Repeats">Hashes of the answers to repeats of the accepted request.</param>
/// <param name="HasOwnKey">False where the key is another request's, on purpose.</param>
/// <param name="LetsGo">The held order that it lets go, unless Credit was faster; null for other requests.</param>
/// <param name="Lines">Amounts of the lines of the statement that it sends; null for other requests.</param>
public sealed record RememberedRequest(
    string Correlation, string Key, string Service, string Operation, Outcome Outcome, int Status, string EventType,
    IReadOnlyList<Guid> Streams, int Most, string? AnswerHash, IReadOnlyList<string> Repeats, bool HasOwnKey,
    string? LetsGo = null, IReadOnlyList<decimal>? Lines = null);

/// <summary>An answer in <c>otc_idempotency_keys</c>.</summary>
public sealed record KeptAnswer(string Service, string Key, int Status, string Hash);

/// <summary>One event without its data.</summary>
public sealed record LogEntry(
    string Service, long Sequence, Guid EventId, Guid Stream, long Version, string Type, string By,
    string? Correlation);

/// <summary>A row of <c>mt_streams</c>.</summary>
public sealed record StreamRow(string Service, Guid Stream, long Version);

/// <summary>News that waiting money is still to be held against, and how far the log was read for them.</summary>
public sealed record MatchingPosition(long News, long Position, long LogEnd);

/// <summary>
/// How far Collections has sent its notices, how many dunning runs are under way, and fees not answered yet.
/// </summary>
public sealed record SendingPosition(long Position, long LogEnd, long Runs, long Fees);

/// <summary>Position of a relay and the end of its log.</summary>
public sealed record RelayPosition(string Service, long Position, long LogEnd);

/// <summary>Messages that a place must have seen, and those it has seen.</summary>
public sealed record Delivery(string Place, IReadOnlySet<Guid> Expected, IReadOnlySet<Guid> Seen);

/// <summary>A message in an error queue.</summary>
public sealed record FailedMessage(string Queue, string MessageId, string Reason, bool IsExplained);

/// <summary>An event of an invoice that moves what is owed.</summary>
/// <param name="Amount">The total, or what is settled or open again, with what was deducted.</param>
/// <param name="Installment">Which one it moves; null for all.</param>
/// <param name="InstallmentAmount">What that installment was issued with.</param>
/// <param name="BalanceAfter">What the event says is open of it afterwards.</param>
public sealed record InvoiceEvent(
    Guid Invoice, long Version, string Type, string Currency, decimal Amount, int? Installment,
    decimal? InstallmentAmount, decimal? BalanceAfter, Guid? Allocation);

/// <summary>A row of Invoicing's <c>invoices</c>.</summary>
public sealed record InvoiceRow(
    Guid Invoice, string Entity, string Currency, decimal Total, decimal Balance, bool IsVoid);

/// <summary>A row of Invoicing's <c>open_items</c>.</summary>
public sealed record OpenItemRow(
    Guid Invoice, int Installment, string Entity, Guid Customer, string Currency, decimal Amount, decimal Balance);

/// <summary>The movements of an invoice in the subledger, added up.</summary>
public sealed record SubledgerRow(Guid Invoice, decimal Sum, long Movements);

/// <summary>A document that bills something.</summary>
/// <param name="OrderId">The order it bills, or null.</param>
/// <param name="Corrects">The invoice that it takes the place of, or null.</param>
public sealed record BilledRow(
    Guid Invoice, Guid Customer, string? OrderId, string Currency, decimal Total, Guid? Corrects, bool IsDebitMemo);

/// <summary>An invoice, the credit memo over all of it and the one that takes its place.</summary>
public sealed record CorrectedInvoice(Guid Invoice, Guid Memo, Guid Replacement);

/// <summary>An event of a credit memo.</summary>
/// <param name="Amount">The total, or what is applied or taken back of it.</param>
/// <param name="OpenAfter">What the event says is open of it afterwards; null of the issue.</param>
/// <param name="Invoice">The invoice it credits, or is applied to.</param>
/// <param name="Reason">Of the issue.</param>
public sealed record MemoEvent(
    Guid Memo, long Version, string Type, string? Entity, Guid? Customer, string Currency, decimal Amount,
    decimal? OpenAfter, Guid? Invoice, Guid? Application, string? Reason);

/// <summary>A row of Invoicing's <c>credit_memos</c>.</summary>
public sealed record MemoRow(
    Guid Memo, string Entity, Guid Customer, string Currency, decimal Total, decimal Open);

/// <summary>A credit memo settled an invoice, or no longer does: the invoice's side.</summary>
public sealed record AppliedCredit(
    Guid Application, Guid Memo, Guid Invoice, long Version, string Type, decimal Amount);

/// <summary>Of a payment: a credit memo that was applied with it, and by how much.</summary>
/// <param name="Version">Of the payment on its invoice.</param>
public sealed record CreditBeside(Guid Allocation, Guid Invoice, long Version, Guid Memo, decimal Amount);

/// <summary>Of an allocation: a credit memo that is to be applied with it, and by how much.</summary>
public sealed record AskedCredit(Guid Allocation, Guid Memo, decimal Amount);

/// <summary>The fee of a notice.</summary>
public sealed record AskedFee(Guid Notice, Guid Customer, string Currency, decimal Amount);

/// <summary>The debit memo of a notice's fee; null where it was refused.</summary>
public sealed record AnsweredFee(Guid Notice, Guid? Document);

/// <summary>A line of the journal.</summary>
public sealed record JournalLineRow(
    Guid Entry, string Entity, string Role, string Currency, decimal Debit, decimal Credit);

/// <summary>An event of a receipt and where its money was after it.</summary>
public sealed record ReceiptEvent(
    Guid Receipt, long Version, string Type, string? Entity, Guid? Customer, string Currency, decimal Amount,
    decimal Unapplied, decimal Pending, decimal Applied, decimal Reversed, bool IsReversed, Guid? Allocation,
    Guid? Invoice, decimal? Allocated, decimal Refunded, decimal WrittenOff);

/// <summary>What happened to an allocation.</summary>
public sealed record AllocationEvent(Guid Allocation, long Version, string Type);

/// <summary>An event of a credit account and the exposure after it.</summary>
/// <param name="Billed">What an installment bills of the order it names.</param>
/// <param name="Delivered">All that is delivered of the order.</param>
/// <param name="OpenCredit">What is open of a credit memo.</param>
/// <param name="Credited">What a credit memo takes back of what the invoice bills of its order.</param>
public sealed record CreditEvent(
    Guid Customer, long Version, string Type, string? Currency, string? OrderId, decimal? Reserved, decimal? Limit,
    string? Item, decimal? Balance, Guid? Receipt, decimal? Unapplied, decimal? Receivables, decimal? Orders,
    decimal? Cash, Guid? Invoice, decimal? Billed, decimal? Delivered, Guid? Memo, decimal? OpenCredit,
    decimal? Credited, decimal Deliveries, decimal Credits);

/// <summary>A row of <c>credit_exposures</c>.</summary>
/// <param name="Deliveries">Delivered and not billed yet.</param>
/// <param name="Credits">Open credit memos.</param>
public sealed record ExposureRow(
    Guid Customer, string Currency, decimal Receivables, decimal Orders, decimal Cash, decimal Deliveries,
    decimal Credits);

/// <summary>A number and the series it is of, e.g. <c>INV-US01-2026</c>.</summary>
public sealed record GivenNumber(string Series, long Number);

/// <summary>The last number of a series.</summary>
public sealed record SeriesRow(string Series, long Last);

/// <summary>Rows by key: what they must be, and what they are.</summary>
public sealed record Copy(
    string Name, IReadOnlyDictionary<string, string> Source, IReadOnlyDictionary<string, string> Replica);
