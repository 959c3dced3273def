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
public sealed record RememberedRequest(
    string Correlation, string Key, string Service, string Operation, Outcome Outcome, int Status, string EventType,
    IReadOnlyList<Guid> Streams, int Most, string? AnswerHash, IReadOnlyList<string> Repeats, bool HasOwnKey,
    string? LetsGo = null);

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
public sealed record CreditEvent(
    Guid Customer, long Version, string Type, string? Currency, string? OrderId, decimal? Reserved, decimal? Limit,
    string? Item, decimal? Balance, Guid? Receipt, decimal? Unapplied, decimal? Receivables, decimal? Orders,
    decimal? Cash);

/// <summary>A row of <c>credit_exposures</c>.</summary>
public sealed record ExposureRow(Guid Customer, string Currency, decimal Receivables, decimal Orders, decimal Cash);

/// <summary>A number and the series it is of, e.g. <c>INV-US01-2026</c>.</summary>
public sealed record GivenNumber(string Series, long Number);

/// <summary>The last number of a series.</summary>
public sealed record SeriesRow(string Series, long Last);

/// <summary>Rows by key: what they must be, and what they are.</summary>
public sealed record Copy(
    string Name, IReadOnlyDictionary<string, string> Source, IReadOnlyDictionary<string, string> Replica);
