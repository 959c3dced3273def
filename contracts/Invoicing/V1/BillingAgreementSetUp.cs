namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A way of billing that Credit has agreed on with a customer is set up as a billing schedule.</summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="AgreementId">The request for terms that it was agreed by.</param>
/// <param name="CustomerId">Whom it bills.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
public sealed record BillingAgreementSetUp(Guid ScheduleId, Guid AgreementId, Guid CustomerId, string LegalEntity);
