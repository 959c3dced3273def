using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>What somebody wants to do that may need an approval.</summary>
/// <param name="Kind">One of <see cref="ApprovalKinds"/>, which the service carries out.</param>
/// <param name="LegalEntity">Whose matrix judges it.</param>
/// <param name="Amount">By which it is judged; in another currency than the bands, and where nobody says what it is in
/// that one, it needs the highest one.</param>
/// <param name="Subject">What it is about, for people: <c>Write-off of 400.00 USD on INV-US01-2026-000123</c>.</param>
/// <param name="Request">All that is needed to carry it out later; stored as JSON, so its shape only ever gains
/// optional fields.</param>
/// <param name="Reason">What the caller gave as the reason.</param>
/// <param name="ExpiresAt">From when on it can no longer be approved; null for never.</param>
/// <param name="RiskClass">Class of the customer it is about; null where it has none.</param>
/// <param name="InAll">The amount with what was done of the same kind on the same thing before: then it is judged by
/// this, so that a band is not passed in slices. Where that is less, as after the opposite was done, it is judged by
/// the amount. Null where the amount stands alone.</param>
/// <param name="InBooks">What <see cref="Whole"/> is in the books' currency, in which the bands are. Null where it is
/// in that one itself, or nobody knows a rate.</param>
public sealed record ApprovalWish<TRequest>(
    string Kind, string LegalEntity, Money Amount, string Subject, TRequest Request, string? Reason = null,
    DateTimeOffset? ExpiresAt = null, string? RiskClass = null, Money? InAll = null, Money? InBooks = null)
    where TRequest : notnull
{
    /// <summary>What it comes to with what was done before, in its own currency.</summary>
    public Money Whole => InAll is { } all && all > Amount ? all : Amount;

    /// <summary>By which the matrix judges it.</summary>
    public Money Judged => InBooks ?? Whole;

    /// <summary>What it is about, for people, and what it comes to with what was done before.</summary>
    public string Told => Whole == Amount ? Subject : $"{Subject}, {Whole} in all";
}

/// <summary>
/// Where every path to an effect that may need an approval passes: what the matrix lets through is done at once, the
/// rest waits as a request.
/// </summary>
public sealed class ApprovalGate(EventStore store, TimeProvider clock, ApprovalOptions kinds)
{
    /// <summary>Who asks by message or timer has no roles.</summary>
    private static readonly IReadOnlySet<string> NoRoles = new HashSet<string>();

    /// <summary>
    /// What the matrix asks for, for this amount, of somebody with these roles; before one is defined, what the service
    /// has set for that (<see cref="ApprovalOptions.UntilDefined"/>).
    /// </summary>
    public async Task<RequiredApproval> RequiredAsync(
        string kind, string legalEntity, Money amount, IReadOnlySet<string> roles, CancellationToken cancellation,
        string? riskClass = null, bool always = false)
    {
        var (matrix, _) = await store.LoadAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(legalEntity), cancellation);
        if (matrix.Definition is null)
            matrix = matrix with { Definition = new ApprovalMatrixDefined(legalEntity, kinds.UntilDefined) };
        return matrix.Required(kind, amount, roles, riskClass, always);
    }

    /// <summary>True where the matrix says anything of this kind; else nobody must approve it.</summary>
    public async Task<bool> IsJudgedAsync(string kind, string legalEntity, CancellationToken cancellation)
    {
        var (matrix, _) = await store.LoadAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(legalEntity), cancellation);
        return matrix.Definition?.Rules.Any(rule => rule.Kind == kind) == true;
    }

    /// <summary>
    /// The plan itself where it is refused or nobody must approve; else a request for approval, answered 202.
    /// </summary>
    /// <param name="command">The request, inside its <c>CommitAsync</c>.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="plan">How it is done at once.</param>
    /// <param name="waiting">
    /// Adds what must be written with the request, such as the waiting state of the thing it is about, and may answer
    /// otherwise; without it the answer is the <see cref="ApprovalView"/>.
    /// </param>
    /// <param name="always">Somebody must approve it whatever the amount; where the matrix names nobody it is refused.
    /// </param>
    public async Task<Plan> PassAsync<TRequest>(
        HttpCommand command, ApprovalWish<TRequest> wish, Plan plan,
        Func<WriteBatch, ApprovalView, Reply>? waiting = null, bool always = false)
        where TRequest : notnull
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.IsRefused)
            return plan;
        if (always && (await OfAsync(NoRoles)).Approvals == 0)
        {
            return Refusal.State(
                "nobody-approves", $"This must be approved, and the matrix names nobody for {wish.Kind}.");
        }

        var required = await OfAsync(command.Caller.Roles);
        if (required.Approvals == 0)
            return plan;
        var batch = new WriteBatch(command.Metadata(wish.Reason));
        var view = Append(batch, wish, required, command.Caller.Subject);
        return Plan.Write(
            batch, waiting?.Invoke(batch, view) ?? Reply.Accepted($"/v1/approvals/{view.Id}", view, view.Version));

        Task<RequiredApproval> OfAsync(IReadOnlySet<string> roles) => RequiredAsync(
            wish.Kind, wish.LegalEntity, wish.Judged, roles, command.Cancellation, wish.RiskClass, always);
    }

    /// <summary>True where what is wanted would wait for others.</summary>
    public async Task<bool> WaitsAsync<TRequest>(HttpCommand command, ApprovalWish<TRequest> wish)
        where TRequest : notnull
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(wish);
        return (await RequiredAsync(
            wish.Kind, wish.LegalEntity, wish.Judged, command.Caller.Roles, command.Cancellation, wish.RiskClass))
            .Approvals > 0;
    }

    /// <summary>
    /// Passes what a message or a timer wants: null where nobody must approve and it can be done in this batch,
    /// else the id of the request that was added to it.
    /// </summary>
    /// <param name="batch">Goes into the transaction of the message or the timer.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="requestedBy">The person behind it, who then cannot approve it, or the service.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<Guid?> RequestAsync<TRequest>(
        WriteBatch batch, ApprovalWish<TRequest> wish, string requestedBy, CancellationToken cancellation)
        where TRequest : notnull
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(wish);
        var required = await RequiredAsync(
            wish.Kind, wish.LegalEntity, wish.Judged, NoRoles, cancellation, wish.RiskClass);
        return required.Approvals == 0 ? null : Append(batch, wish, required, requestedBy).Id;
    }

    /// <summary>
    /// Takes a request back because it is no longer needed; nothing where it has ended. What the kind does at the end
    /// of a request is left to the caller, who knows why.
    /// </summary>
    public async Task WithdrawAsync(WriteBatch batch, Guid approvalId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (approval, version) = await store.LoadAsync(ApprovalStream.Type, approvalId, cancellation);
        if (approval is { Requested: not null, Status: ApprovalStatus.Waiting })
            batch.Append(ApprovalStream.Type, approvalId, version, [new ApprovalWithdrawn(batch.Metadata.By)]);
    }

    private ApprovalView Append<TRequest>(
        WriteBatch batch, ApprovalWish<TRequest> wish, RequiredApproval required, string requestedBy)
        where TRequest : notnull
    {
        kinds.Require(wish.Kind, typeof(TRequest));
        var id = Ids.Next(clock);
        var requested = new ApprovalRequested(
            wish.Kind, wish.LegalEntity, wish.Amount, wish.Told, requestedBy, required.Approvals, required.Roles,
            JsonSerializer.Serialize(wish.Request, Json.Stored), wish.ExpiresAt,
            required.Escalation is { } up ? clock.GetUtcNow().AddHours(up.AfterHours) : null, required.Escalation?.To,
            wish.InBooks, wish.RiskClass);
        batch.Append(
            ApprovalStream.Type, id, 0, [requested],
            batch.Metadata with { Reason = wish.Reason ?? batch.Metadata.Reason });
        return ApprovalView.Of(id, Approval.Evolve(Approval.Initial, requested), 1);
    }
}
