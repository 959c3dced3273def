using Npgsql;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A payment plan in a list.</summary>
/// <param name="Received">What was settled on its items when something last became of it.</param>
/// <param name="Missed">Number of the installment that was missed, or null.</param>
public sealed record PlanRow(
    Guid Id, string LegalEntity, Guid CustomerId, Money Amount, Money Received, DateOnly FirstDueDate,
    DateOnly LastDueDate, string Status, int? Missed, string? Rescheduling, Guid? ApprovalId, string? Note,
    DateTimeOffset ProposedAt, string ProposedBy);

/// <summary>An installment of a plan and how much of it has come.</summary>
public sealed record PlanInstallmentView(int Number, DateOnly DueDate, Money Amount, Money Received);

/// <summary>A payment plan.</summary>
/// <param name="Rescheduling">Whether Invoicing has moved the due dates: <c>carried-out</c>, <c>refused</c>, or null
/// while it has not answered.</param>
public sealed record PlanView(
    Guid Id, string LegalEntity, Guid CustomerId, Money Amount, Money Received, PlanStatus Status,
    IReadOnlyList<PlanInstallmentView> Installments, IReadOnlyList<PlanItem> Items, int GraceDays, string? Note,
    Guid? ApprovalId, string? Rescheduling, long Version)
{
    internal static PlanView Of(Guid id, PaymentPlan plan, long version, Money? receivedByNow = null)
    {
        var agreed = plan.Plan!;
        var received = receivedByNow ?? plan.Received!.Value;
        var parts = PlanDecider.ReceivedPer(agreed, received);
        return new PlanView(
            id, agreed.LegalEntity, agreed.CustomerId, agreed.Amount, received, plan.Status,
            [
                .. agreed.Installments.Zip(parts, (due, part) =>
                    new PlanInstallmentView(due.Number, due.DueDate, due.Amount, part)),
            ],
            agreed.Items, agreed.GraceDays, agreed.Note, agreed.ApprovalId, plan.Rescheduling, version);
    }
}

/// <summary>Shows payment plans.</summary>
public static class GetPlans
{
    private const string Select =
        "select p.id, p.legal_entity, p.customer_id, p.currency, p.amount, p.received, p.first_due_date, " +
        "p.last_due_date, p.status, p.missed, p.rescheduling, p.approval_id, p.note, p.proposed_at, p.proposed_by " +
        "from payment_plans p ";

    private static readonly SortOrder<PlanRow> Order = new SortOrder<PlanRow>(
            "p.id", row => row.Id, standard: "-proposedAt")
        .By("proposedAt", "p.proposed_at", row => row.ProposedAt)
        .By("lastDueDate", "p.last_due_date", row => row.LastDueDate)
        .By("amount", "p.amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/payment-plans", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<PlanRow>>()
            .WithSummary("Payment plans");
        ResourceEndpoint.Map(
            routes, "/v1/collections/payment-plans", PaymentPlanStream.Type, Scopes.CollectionsRead,
            plan => plan.Plan?.LegalEntity, View, "A payment plan");
    }

    private static async Task<PlanView> View(HttpContext http, Guid id, PaymentPlan plan, long version)
    {
        var money = http.RequestServices.GetRequiredService<PlanMoneyReader>();
        var come = (await money.ReadAsync([id], http.RequestAborted))[id].Money;
        return PlanView.Of(id, plan, version, Money.Sum(come.Select(one => one.Amount), plan.Plan!.Amount.Currency));
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, ListQuery query, NpgsqlDataSource database,
        HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("p")}",
            command => command.AddCustomerAndStatus<PlanStatus>(customerId, status),
            Row);

    private static PlanRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.Money(4, 3), row.Money(5, 3),
        row.GetFieldValue<DateOnly>(6), row.GetFieldValue<DateOnly>(7), row.GetString(8), row.Optional<int>(9),
        row.Text(10), row.Optional<Guid>(11), row.Text(12), row.GetFieldValue<DateTimeOffset>(13), row.GetString(14));
}
