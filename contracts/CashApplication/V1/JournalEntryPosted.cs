namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A balanced journal entry: debits equal credits per currency.</summary>
/// <param name="EntryId">The entry; one per financial event.</param>
/// <param name="LegalEntity">Whose books.</param>
/// <param name="PostingDate">Accounting date in the entity's calendar.</param>
/// <param name="Kind">What happened, e.g. <c>invoice-issued</c>.</param>
/// <param name="SourceId">The document: receipt, or refund of a credit memo.</param>
/// <param name="SourceNumber">What people call it; of a refund, the credit memo.</param>
/// <param name="CustomerId">Whose account, or null while unknown.</param>
/// <param name="Lines">Debits and credits.</param>
/// <param name="ValueDate">Day the money counted at the bank, by whose rate it is translated; null where
/// unknown.</param>
public sealed record JournalEntryPosted(
    Guid EntryId, string LegalEntity, DateOnly PostingDate, string Kind, Guid SourceId, string SourceNumber,
    Guid? CustomerId, IReadOnlyList<JournalLine> Lines, DateOnly? ValueDate = null);
