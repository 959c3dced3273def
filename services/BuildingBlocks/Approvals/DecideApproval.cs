using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>
/// Approves, rejects, wants to know more or takes back. With the last approval what was asked for is carried out in the
/// same transaction; where that is no longer possible the approval is refused, and the request can be rejected.
/// </summary>
internal static class DecideApproval
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history; 1 to 500 characters.</param>
    public sealed record ApprovalReason(string Reason);

    public static void Map(IEndpointRouteBuilder routes, string write)
    {
        routes.MapPost("/v1/approvals/{id:guid}/approve", ApproveAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<ApprovalView>().WithSummary("Approve a request");
        routes.MapPost("/v1/approvals/{id:guid}/reject", RejectAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<ApprovalView>().WithSummary("Reject a request");
        routes.MapPost("/v1/approvals/{id:guid}/research", ResearchAsync)
            .RequireScope(Scopes.ApprovalsDecide).Produces<ApprovalView>()
            .WithSummary("Say that more must be known before a request is decided");
        routes.MapPost("/v1/approvals/{id:guid}/withdraw", WithdrawAsync)
            .RequireScope(write).Produces<ApprovalView>().WithSummary("Take back a request of your own");
    }

    private static Task<IResult> ApproveAsync(
        Guid id, ApprovalReason request, HttpCommand command, DelegatedAuthority delegated, ApprovalOptions kinds,
        IServiceProvider services)
    {
        return DecideAsync(id, request, command, ApproveNowAsync, CarryOutAsync);

        async Task<Decision> ApproveNowAsync(Approval approval) => ApprovalDecider.Approve(
            approval, await delegated.OfAsync(command.Caller, approval.Requested!.LegalEntity, command.Cancellation),
            command.Clock.GetUtcNow());

        async Task<Plan> CarryOutAsync(Approval after, Reply reply) => after.Status == ApprovalStatus.Granted
            ? await kinds.CarryOutAsync(
                new ApprovalGrant(id, after.Requested!, command, request.Reason, services), command.Cancellation)
            : Plan.Write(new WriteBatch(command.Metadata(request.Reason)), reply);
    }

    private static Task<IResult> RejectAsync(
        Guid id, ApprovalReason request, HttpCommand command, DelegatedAuthority delegated, ApprovalOptions kinds,
        IServiceProvider services) =>
        EndAsync(id, request, command, kinds, services, async approval => ApprovalDecider.Reject(
            approval, await delegated.OfAsync(command.Caller, approval.Requested!.LegalEntity, command.Cancellation)));

    private static Task<IResult> ResearchAsync(
        Guid id, ApprovalReason request, HttpCommand command, DelegatedAuthority delegated)
    {
        return DecideAsync(id, request, command, RequireAsync, (_, reply) => Task.FromResult(
            Plan.Write(new WriteBatch(command.Metadata(request.Reason)), reply)));

        async Task<Decision> RequireAsync(Approval approval) => ApprovalDecider.RequireResearch(
            approval, await delegated.OfAsync(command.Caller, approval.Requested!.LegalEntity, command.Cancellation));
    }

    private static Task<IResult> WithdrawAsync(
        Guid id, ApprovalReason request, HttpCommand command, ApprovalOptions kinds, IServiceProvider services) =>
        EndAsync(id, request, command, kinds, services, approval =>
            Task.FromResult(ApprovalDecider.Withdraw(approval, command.Caller.Subject)));

    private static Task<IResult> EndAsync(
        Guid id, ApprovalReason request, HttpCommand command, ApprovalOptions kinds, IServiceProvider services,
        Func<Approval, Task<Decision>> decide) =>
        DecideAsync(id, request, command, decide, async (after, reply) =>
        {
            var batch = new WriteBatch(command.Metadata(request.Reason));
            var end = new ApprovalEnd(id, after.Requested!, after.Status, request.Reason, services);
            await kinds.EndAsync(end, batch, command.Cancellation);
            return Plan.Write(batch, reply);
        });

    /// <summary>Writes the step with what it leads to.</summary>
    private static Task<IResult> DecideAsync(
        Guid id, ApprovalReason request, HttpCommand command, Func<Approval, Task<Decision>> decide,
        Func<Approval, Reply, Task<Plan>> effect) =>
        command.CommitAsync(async cancellation =>
        {
            var (approval, version) = await command.Store.LoadAsync(ApprovalStream.Type, id, cancellation);
            if (Check(id, approval, request, command) is { } no)
                return no;
            command.Expect(version);
            var decision = await decide(approval);
            if (decision.Refusal is { } refusal)
                return refusal;
            var after = decision.Events.Aggregate(approval, Approval.Evolve);
            var reply = Reply.Ok(
                ApprovalView.Of(id, after, version + decision.Events.Count), version + decision.Events.Count);
            return (await effect(after, reply)).With((batch, _) =>
            {
                batch.Append(
                    ApprovalStream.Type, id, version, decision.Events, command.Metadata(request.Reason));
                return reply;
            });
        });

    private static Refusal? Check(Guid id, Approval approval, ApprovalReason request, HttpCommand command) =>
        approval.Requested is null ? Refusal.NotFound("approval", id)
        : command.Caller.Deny(approval.Requested.LegalEntity) is { } denied ? denied
        : Refusal.Unexplained(request.Reason);
}
