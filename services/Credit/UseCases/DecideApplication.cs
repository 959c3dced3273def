using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// A reviewer decides: <c>POST /v1/credit/applications/{id}/approve</c>, with what was asked for or otherwise, or
/// <c>/decline</c>. Within the reviewer's authority at once, else it goes up the matrix (202). To decline takes the
/// authority for a limit of its size: of an application the one it asks for, of a review the one that it ends.
/// </summary>
public static class DecideApplication
{
    /// <summary>What is granted.</summary>
    /// <param name="Reason">Why; kept with the event.</param>
    /// <param name="Limit">Another limit than was asked for.</param>
    /// <param name="Terms">Other terms; null for those that were asked for.</param>
    /// <param name="ExpiresOn">Last day of the limit; by the policy when null.</param>
    public sealed record ApproveRequest(
        string Reason, Money? Limit = null, string? Terms = null, DateOnly? ExpiresOn = null);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/credit/applications/{id:guid}/approve", ApproveAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<ApplicationView>()
            .Produces<ApplicationView>(StatusCodes.Status202Accepted)
            .WithSummary("Grant what was asked for, or other limit or terms");
        routes.MapPost("/v1/credit/applications/{id:guid}/decline", DeclineAsync)
            .RequireScope(Scopes.CreditWrite)
            .Produces<ApplicationView>()
            .Produces<ApplicationView>(StatusCodes.Status202Accepted)
            .WithSummary("Decline a case, by those who may give its limit");
    }

    private static async Task<IResult> ApproveAsync(
        Guid id, ApproveRequest request, HttpCommand command, LimitChanges changes, DecisionBooks books)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Optional("/terms", request.Terms, max: 100)
            .Check(request.Limit is not { IsNegative: true }, "/limit", "is below zero").Problem is { } problem)
            return problem;
        var (application, _) = await command.Store.LoadAsync(ApplicationStream.Type, id, command.Cancellation);
        if (CaseCommand.Deny(id, application, command.Caller) is { } denied)
            return await command.RefuseAsync(denied);
        var submitted = application.Submitted!;
        var facts = await books.FactsAsync(submitted.LegalEntity, command.Cancellation);
        var until = request.ExpiresOn
            ?? (facts.Policy.Policy.Limits.ValidDays is { } days ? facts.Today.AddDays(days) : null);
        return await changes.RequestAsync(
            command,
            new LimitChange(
                submitted.CustomerId, LimitChanges.Application, request.Limit ?? submitted.RequestedLimit,
                Until: until, ApplicationId: id,
                Terms: request.Terms?.Trim().ToUpperInvariant() ?? submitted.RequestedTerms),
            request.Reason,
            changed => Reply.Ok(ApplicationView.Of(id, changed.Application!, changed.Version), changed.Version));
    }

    private static async Task<IResult> DeclineAsync(
        Guid id, OrderReasonRequest request, HttpCommand command, LimitChanges changes)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var (application, _) = await command.Store.LoadAsync(ApplicationStream.Type, id, command.Cancellation);
        if (CaseCommand.Deny(id, application, command.Caller) is { } denied)
            return await command.RefuseAsync(denied);
        var submitted = application.Submitted!;
        return await changes.RequestAsync(
            command,
            new LimitChange(
                submitted.CustomerId, LimitChanges.Decline, submitted.RequestedLimit, ApplicationId: id,
                Reason: request.Reason),
            request.Reason,
            changed => Reply.Ok(ApplicationView.Of(id, changed.Application!, changed.Version), changed.Version));
    }
}

/// <summary>What commands on a case have in common.</summary>
internal static class CaseCommand
{
    /// <summary>Why the caller may not work with this case; else null.</summary>
    public static Refusal? Deny(Guid id, CreditApplication application, Caller caller) =>
        application.Submitted is { } submitted
            ? caller.Deny(submitted.LegalEntity)
            : Refusal.NotFound("case", id);

    /// <summary>Decides on the case alone and answers with it.</summary>
    public static Task<IResult> DecideAsync(
        HttpCommand command, Guid id, string? reason, Func<CreditApplication, Decision> decide) => command.DecideAsync(
        ApplicationStream.Type, id,
        application => Deny(id, application, command.Caller) ?? decide(application),
        decided => Reply.Ok(ApplicationView.Of(id, decided.State, decided.Version), decided.Version),
        reason: reason);
}
