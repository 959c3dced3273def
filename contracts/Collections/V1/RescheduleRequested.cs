namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// Invoicing is asked to move due dates because a payment plan came into force, or ended. It answers with
/// CollectionsRequestAnswered, once for each request.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="PlanId">The plan.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Whose items.</param>
/// <param name="RequestedBy">Who caused it.</param>
/// <param name="Items">What is to be due when.</param>
public sealed record RescheduleRequested(
    Guid RequestId, Guid PlanId, string LegalEntity, Guid CustomerId, string RequestedBy,
    IReadOnlyList<RescheduledItem> Items);

/// <summary>An item and the day it is to be due.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="DueDate">The day; null for the one first agreed.</param>
public sealed record RescheduledItem(Guid InvoiceId, int Installment, DateOnly? DueDate);
