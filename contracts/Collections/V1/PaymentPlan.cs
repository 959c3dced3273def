namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A payment plan as it is after the event that carries it.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who pays.</param>
/// <param name="Amount">All of it; installments and items sum to it exactly.</param>
/// <param name="Received">What was settled on its items since it was proposed.</param>
/// <param name="Status"><c>proposed</c>, <c>active</c>, <c>completed</c>, <c>breached</c>, <c>cancelled</c> or
/// <c>rejected</c>.</param>
/// <param name="Installments">By due date.</param>
/// <param name="Items">What it covers, oldest first.</param>
public sealed record PaymentPlan(
    Guid PlanId, string LegalEntity, Guid CustomerId, MoneyAmount Amount, MoneyAmount Received, string Status,
    IReadOnlyList<PaymentPlanInstallment> Installments, IReadOnlyList<PaymentPlanItem> Items);

/// <summary>What is to be paid on a day.</summary>
/// <param name="Number">From 1.</param>
/// <param name="DueDate">Last day to pay, in the entity's calendar.</param>
/// <param name="Amount">How much.</param>
public sealed record PaymentPlanInstallment(int Number, DateOnly DueDate, MoneyAmount Amount);

/// <summary>An item that a plan covers.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Covered">How much of it the plan is about.</param>
/// <param name="PlannedFor">The day by which the plan has paid all of it.</param>
public sealed record PaymentPlanItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, MoneyAmount Covered, DateOnly PlannedFor);
