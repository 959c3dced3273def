using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Approves or rejects. With the last approval what was asked for is carried out in the same transaction; where that is
/// no longer possible the approval is refused, and the request can be rejected.
/// </summary>
public static class DecideApproval
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/approvals/{id:guid}/approve", ApproveAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<ApprovalView>().WithSummary("Approve a request");
        routes.MapPost("/approvals/{id:guid}/reject", RejectAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<ApprovalView>().WithSummary("Reject a request");
    }

    private static Task<IResult> ApproveAsync(
        Guid id, Request request, HttpCommand command, DocumentNumbers numbers) =>
        command.CommitAsync(numbers, async cancellation =>
        {
            var (approval, version) = await command.Store.LoadAsync(ApprovalStream.Type, id, cancellation);
            if (Check(id, approval, request, command) is { } no)
                return no;
            var decision = approval.Approve(command.Caller.Subject, command.Caller.Roles);
            if (decision.Refusal is { } refusal)
                return refusal;
            var after = decision.Events.Aggregate(approval, Approval.Evolve);
            var plan = after.Status == ApprovalStatus.Granted
                ? await CarryOutAsync(approval.Requested!, request.Reason, command, cancellation)
                : NumberedPlan.Write([], _ => (new WriteBatch(command.Metadata(request.Reason)), Reply.Ok(id)));
            return plan.Refusal is { } late ? late : NumberedPlan.Write(plan.Series, drawn =>
            {
                var (batch, _) = plan.Build!(drawn);
                var now = version + decision.Events.Count;
                return (batch.Append(ApprovalStream.Type, id, version, decision.Events),
                    Reply.Ok(ApprovalView.Of(id, after, now), now));
            });
        });

    private static Task<IResult> RejectAsync(Guid id, Request request, HttpCommand command) => command.DecideAsync(
        ApprovalStream.Type,
        id,
        approval => Check(id, approval, request, command) is { } no
            ? no
            : approval.Reject(command.Caller.Subject, command.Caller.Roles),
        decided => Reply.Ok(ApprovalView.Of(id, decided.State, decided.Version), decided.Version),
        reason: request.Reason);

    private static Refusal? Check(Guid id, Approval approval, Request request, HttpCommand command) =>
        approval.Requested is null ? Refusal.NotFound("approval", id)
        : command.Caller.Deny(approval.Requested.LegalEntity) is { } denied ? denied
        : string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500 ? InvoiceRefusals.NoReason()
        : null;

    private static Task<NumberedPlan> CarryOutAsync(
        ApprovalRequested requested, string reason, HttpCommand command, CancellationToken cancellation) =>
        requested.Kind switch
        {
            ApprovalRequests.CreditMemo => IssueCreditMemoEndpoint.PlanAsync(
                Read<IssueCreditMemo>(requested), command, reason, cancellation),
            ApprovalRequests.WriteOff => WriteOffInvoice.PlanAsync(
                Read<WriteOffInvoice.Wish>(requested), command, reason, cancellation),
            _ => throw new InvalidOperationException($"Nothing here carries out {requested.Kind}."),
        };

    private static T Read<T>(ApprovalRequested requested) =>
        JsonSerializer.Deserialize<T>(requested.Request, Json.Stored)!;
}
