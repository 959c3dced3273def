using System.Text.Json;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Approvals;

/// <summary>The last approval is given: what was asked for is to be carried out now.</summary>
/// <param name="ApprovalId">The request.</param>
/// <param name="Requested">What was asked for, and by whom.</param>
/// <param name="Command">The request of the last who approved; its If-Match is about the approval.</param>
/// <param name="Reason">Why that one approved.</param>
/// <param name="Services">Services of the request.</param>
public sealed record ApprovalGrant(
    Guid ApprovalId, ApprovalRequested Requested, HttpCommand Command, string Reason, IServiceProvider Services)
{
    /// <summary>Metadata of the events it comes to: caused by the last who approved, for that one's reason.</summary>
    public EventMetadata Metadata => Command.Metadata(Reason);
}

/// <summary>A request ends without being carried out.</summary>
/// <param name="ApprovalId">The request.</param>
/// <param name="Requested">What was asked for, and by whom.</param>
/// <param name="Status">Rejected, withdrawn or expired.</param>
/// <param name="Reason">Why, where a person said so.</param>
/// <param name="Services">Services of the request, or of the timer.</param>
public sealed record ApprovalEnd(
    Guid ApprovalId, ApprovalRequested Requested, ApprovalStatus Status, string? Reason, IServiceProvider Services);

/// <summary>
/// Plans what was approved as it can be carried out now, or refuses it: then the approval is refused for that reason
/// and nothing is written. It loads what it decides on each time, and never appends to the approval itself.
/// </summary>
public delegate Task<Plan> CarryOut<in TRequest>(
    TRequest request, ApprovalGrant grant, CancellationToken cancellation);

/// <summary>Adds what the end of a request means to the transaction of that end.</summary>
public delegate Task EndRequest<in TRequest>(
    TRequest request, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation);

/// <summary>The kinds of decision that this service carries out once they are approved.</summary>
public sealed class ApprovalOptions
{
    private readonly Dictionary<string, Handler> _handlers = new(StringComparer.Ordinal);

    /// <summary>
    /// The rules of a legal entity whose matrix was never defined; without any nobody must approve anything until then.
    /// </summary>
    public IReadOnlyList<ApprovalRule> UntilDefined { get; private set; } = [];

    /// <summary>
    /// Sets what holds for a legal entity until its matrix is defined, one without rules included. The amounts of these
    /// rules have no currency, so each kind has one band.
    /// </summary>
    public ApprovalOptions Until(params IReadOnlyList<ApprovalRule> rules)
    {
        UntilDefined = rules;
        return this;
    }

    /// <summary>Registers a kind.</summary>
    /// <param name="kind">One of <see cref="ApprovalKinds"/>.</param>
    /// <param name="carryOut">What happens with the last approval, in its transaction.</param>
    /// <param name="ended">What happens where it is rejected, withdrawn or expires; nothing by default.</param>
    /// <typeparam name="TRequest">
    /// What is stored with a request; its JSON shape only ever gains optional fields.
    /// </typeparam>
    public ApprovalOptions Kind<TRequest>(
        string kind, CarryOut<TRequest> carryOut, EndRequest<TRequest>? ended = null)
        where TRequest : notnull
    {
        ArgumentNullException.ThrowIfNull(carryOut);
        if (!ApprovalKinds.All.Contains(kind))
            throw new ArgumentException($"'{kind}' is not one of ApprovalKinds.", nameof(kind));
        _handlers.Add(kind, new Handler(
            typeof(TRequest),
            (grant, cancellation) => carryOut(Read<TRequest>(grant.Requested), grant, cancellation),
            (end, batch, cancellation) => ended is null
                ? Task.CompletedTask
                : ended(Read<TRequest>(end.Requested), end, batch, cancellation)));
        return this;
    }

    internal void Require(string kind, Type request)
    {
        if (Of(kind).Request != request)
            throw new InvalidOperationException($"A request of kind {kind} is a {Of(kind).Request}, not a {request}.");
    }

    internal Task<Plan> CarryOutAsync(ApprovalGrant grant, CancellationToken cancellation) =>
        Of(grant.Requested.Kind).CarryOut(grant, cancellation);

    internal Task EndAsync(ApprovalEnd end, WriteBatch batch, CancellationToken cancellation) =>
        Of(end.Requested.Kind).End(end, batch, cancellation);

    private static T Read<T>(ApprovalRequested requested) =>
        JsonSerializer.Deserialize<T>(requested.Request, Json.Stored)
        ?? throw new InvalidOperationException($"A request of kind {requested.Kind} is null.");

    private Handler Of(string kind) => _handlers.GetValueOrDefault(kind)
        ?? throw new InvalidOperationException($"Nothing here carries out {kind}; register it with AddApprovals.");

    private sealed record Handler(
        Type Request, Func<ApprovalGrant, CancellationToken, Task<Plan>> CarryOut,
        Func<ApprovalEnd, WriteBatch, CancellationToken, Task> End);
}
