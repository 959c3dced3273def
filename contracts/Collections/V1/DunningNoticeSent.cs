namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A dunning notice went out to a customer.</summary>
/// <param name="NoticeId">The notice.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Step">Code of the playbook step.</param>
/// <param name="Channel"><c>email</c>, <c>letter</c>, <c>sms</c>, <c>whatsapp</c> or <c>portal</c>.</param>
/// <param name="Totals">Sums of the items per currency, the currency of the account first.</param>
/// <param name="Items">What it asks for.</param>
public sealed record DunningNoticeSent(
    Guid NoticeId, Guid CustomerId, string LegalEntity, DateOnly Date, string Step, string Channel,
    IReadOnlyList<MoneyAmount> Totals, IReadOnlyList<DunnedItem> Items);
