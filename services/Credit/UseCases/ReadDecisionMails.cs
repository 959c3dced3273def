using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What sales was told of a decision by mail.</summary>
public sealed record DecisionMail
{
    /// <summary>Version of the case, or of the request for terms, with that decision.</summary>
    public long Decision { get; init; }

    /// <summary>Where it goes, by the policy when the mail was queued.</summary>
    public string Address { get; init; } = "";

    /// <summary>Since when it is to be sent.</summary>
    public DateTimeOffset QueuedAt { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; init; }

    /// <summary>When the mail server has taken it; null before that.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was given up; null where it was not.</summary>
    public DateTimeOffset? GivenUpAt { get; init; }

    /// <summary>Why the last try came to nothing; null where it did not.</summary>
    public string? Failure { get; init; }
}

/// <summary>
/// <c>GET /v1/credit/applications/{id}/mails</c> and <c>/v1/credit/terms-requests/{id}/mails</c>: which of the
/// decisions sales was told of.
/// </summary>
public static class ReadDecisionMails
{
    private const int Most = 100;

    private static readonly string Select =
        "select decision as Decision, address as Address, queued_at as QueuedAt, tries as Tries, sent_at as SentAt, " +
        "given_up_at as GivenUpAt, failure as Failure from credit_decision_mails where application_id = @id " +
        $"order by decision desc limit {Most}";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(
            routes, "/v1/credit/applications", ApplicationStream.Type,
            application => application.Submitted?.LegalEntity);
        Map(routes, "/v1/credit/terms-requests", TermsStream.Type, request => request.Requested?.LegalEntity);
    }

    private static void Map<TState>(
        IEndpointRouteBuilder routes, string resource, StreamType<TState> stream, Func<TState, string?> entityOf)
        where TState : class => routes
        .MapGet($"{resource}/{{id:guid}}/mails", (
            Guid id, HttpContext http, EventStore store, CancellationToken cancellation) =>
            ResourceEndpoint.ShowAsync(http, stream, id, entityOf, async (_, version) =>
            {
                await using var connection = await store.Database.OpenConnectionAsync(cancellation);
                var mails = await connection.QueryAsync<DecisionMail>(new CommandDefinition(
                    Select, new { id }, cancellationToken: cancellation));
                return Reply.Ok(mails.AsList(), version);
            }))
        .RequireScope(Scopes.CreditRead).Produces<IReadOnlyList<DecisionMail>>()
        .WithSummary($"What sales was told of its last {Most} decisions, the newest first");
}
