using System.Text.Json.Serialization;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Agrees a billing schedule. One that follows no rule (agreed dates) waits for an approval where the legal entity's
/// matrix asks for one. One that names an <c>agreement</c> sets up what Credit has agreed on, once, and once more where
/// the schedule was ended before it billed anything: where that is a plan, it takes over when is billed, and only lines
/// and prices are given.
/// </summary>
public static class CreateBillingSchedule
{
    /// <summary>The schedule.</summary>
    /// <param name="Name">What people call it.</param>
    /// <param name="Plan">Recurring, milestones or dates; null where the agreement is a plan.</param>
    /// <param name="Terms">Of its invoices; without them those agreed with the customer at the time.</param>
    /// <param name="Agreement">What Credit has agreed on with the customer and this sets up.</param>
    /// <param name="AgreedLines">What the periods or milestones of an agreed plan cost.</param>
    /// <param name="BillFrom">First day that the schedule of an agreed plan bills, where what is before it was billed
    /// otherwise. Where the agreed first day is past, it must be said.</param>
    /// <param name="Currency">Of its invoices, ISO 4217; without it that of the customer's account.</param>
    public sealed record Request(
        Guid CustomerId, string Name, BillingPlan? Plan = null, string? Terms = null, string? OrderReference = null,
        string? PurchaseOrder = null, Guid? Agreement = null, AgreedLines? AgreedLines = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Currency = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? BillFrom = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/billing-schedules", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<BillingScheduleView>(StatusCodes.Status201Created)
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Agree a billing schedule");

    private static Task<IResult> HandleAsync(Request request, HttpCommand command, ApprovalGate gate) =>
        command.CommitAsync(async cancellation =>
        {
            var (created, books, plan) = await PlanAsync(request, command, command.Metadata(), cancellation);
            if (created?.Plan.Dates is null)
                return plan;
            var total = Total(created);
            var wish = new ApprovalWish<Request>(
                ApprovalKinds.BillingSchedule, created.LegalEntity, total,
                $"Billing of {total} on {created.Plan.Dates.Count} agreed dates: {created.Name}", request);
            return await gate.PassAsync(
                command, wish.InBooks(await RateAsync(created, books!, command, cancellation), books!), plan);
        });

    /// <summary>
    /// Nothing is billed yet, so it is judged by the rate of today; null where there is none, and for equal currencies.
    /// </summary>
    private static async Task<ExchangeRate?> RateAsync(
        BillingScheduleCreated created, Books books, HttpCommand command, CancellationToken cancellation) =>
        created.Currency == books.BaseCurrency ? null : await RateTable.FindAsync(
            command.Store.Database, books.LegalEntity, created.Currency,
            command.Clock.GetUtcNow().DateIn(books.TimeZone), cancellation);

    /// <summary>What was approved, as it can be carried out now.</summary>
    internal static async Task<Plan> CarryOutAsync(Request wish, ApprovalGrant grant, CancellationToken cancellation) =>
        (await PlanAsync(wish, grant.Command, grant.Metadata, cancellation)).Plan;

    private static async Task<(BillingScheduleCreated? Created, Books? Books, Plan Plan)> PlanAsync(
        Request request, HttpCommand command, EventMetadata metadata, CancellationToken cancellation)
    {
        var agreement = request.Agreement is { } agreementId
            ? await BillingAgreements.FindAsync(command.Store.Database, agreementId, cancellation)
            : null;
        var accounts = await BillingAccounts.LoadAsync(
            command.Store.Database, [request.CustomerId, agreement?.CustomerId ?? request.CustomerId], cancellation);
        if (!accounts.TryGetValue(request.CustomerId, out var account))
            return (null, null, InvoiceRefusals.UnknownCustomer(request.CustomerId));
        if (command.Caller.Deny(account.Books.LegalEntity) is { } denied)
            return (null, null, denied);
        if (request.Agreement is { } asked && (agreement is null
            || accounts.GetValueOrDefault(agreement.CustomerId)?.CustomerId != account.CustomerId))
            return (null, null, Refusal.NotFound("agreement with the customer", asked));
        var (wished, unplanned) = PlanOf(request, agreement, command.Clock.Today(account.Books.TimeZone));
        if (unplanned is not null)
            return (null, null, unplanned);
        var (id, taken) = agreement is null
            ? (Ids.Next(command.Clock), null)
            : await SetUpAsync(agreement, command.Store, cancellation);
        if (taken is not null)
            return (null, null, taken);
        var decision = BillingScheduleDecider.Create(BillingSchedule.Initial, new BillingScheduleCreated(
            account.Books.LegalEntity, account.CustomerId, request.Name, request.Currency ?? account.Currency,
            wished!, request.Terms, request.OrderReference, request.PurchaseOrder, null, agreement?.Id));
        if (decision.Refusal is { } refusal)
            return (null, null, refusal);
        var created = (BillingScheduleCreated)decision.Events[0];
        var batch = new WriteBatch(metadata).Append(BillingScheduleStream.Type, id, 0, [created]);
        if (agreement is not null && id != agreement.ScheduleId)
            batch.Row(BillingAgreements.SetUpBy(agreement.Id, id));
        return (created, account.Books, Plan.Write(
            batch,
            Reply.Created(
                $"/v1/billing-schedules/{id}",
                BillingScheduleView.Of(id, BillingSchedule.Evolve(BillingSchedule.Initial, created), 1), 1)));
    }

    /// <summary>
    /// The schedule that sets an agreement up, or why none does: it is set up, or another one holds in its place. The
    /// next one is always the same, too, so two callers at once set it up once.
    /// </summary>
    private static async Task<(Guid Id, Refusal? Refusal)> SetUpAsync(
        BillingAgreement agreement, EventStore store, CancellationToken cancellation)
    {
        var id = agreement.ScheduleId;
        var schedule = await store.LoadAsync(BillingScheduleStream.Type, id, cancellation);
        while (schedule is { Version: > 0, State.EndedUnbilled: true })
        {
            id = BillingAgreement.ScheduleAfter(id);
            schedule = await store.LoadAsync(BillingScheduleStream.Type, id, cancellation);
        }

        return (id, schedule.Version > 0 ? BillingScheduleRefusals.AgreementSetUp(id)
            : agreement.SupersededBy is { } other ? BillingScheduleRefusals.AgreementSuperseded(other)
            : null);
    }

    /// <summary>
    /// When is billed is agreed, or the caller's to say; what it costs is the caller's. Nobody bills the past without
    /// saying so: it may be billed already.
    /// </summary>
    private static (BillingPlan? Plan, Refusal? Refusal) PlanOf(
        Request request, BillingAgreement? agreement, DateOnly today) =>
        agreement?.Plan is not { } agreed
            ? request switch
            {
                { BillFrom: not null } => (null, BillingScheduleRefusals.NoAgreedStart()),
                { AgreedLines: not null } => (null, BillingScheduleRefusals.NoAgreedPlan()),
                { Plan: { } plan } => (plan, null),
                _ => (null, BillingScheduleRefusals.NoPlan()),
            }
        : request.Plan is not null ? (null, BillingScheduleRefusals.PlanIsAgreed())
        : agreed.From is { } from && from < today && request.BillFrom is null
            ? (null, BillingScheduleRefusals.AgreedInThePast(from))
        : agreed.With(request.AgreedLines, request.BillFrom);

    private static Money Total(BillingScheduleCreated created)
    {
        var currency = Currency.Of(created.Currency);
        return Money.Sum(
            created.Plan.AllLines.SelectMany(lines => lines).Select(line =>
                Money.Round(((line.Quantity * line.UnitPrice) - line.Discount) * (1 + line.TaxRate), currency)),
            currency);
    }
}
