using System.Text.Json.Nodes;
using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Load;

/// <summary>What a request has left in the event store.</summary>
internal sealed record Made(string EventType, IReadOnlyList<Guid> Streams);

/// <summary>A request to be made.</summary>
/// <param name="Service">Who answers it.</param>
/// <param name="Operation">What it is, for people.</param>
/// <param name="Path">Where it goes.</param>
/// <param name="Body">Its JSON; a text is a file.</param>
/// <param name="EventType">The event that it leaves when it is accepted.</param>
/// <param name="Made">What the accepted answer says was made.</param>
/// <param name="Most">The most such events it may leave.</param>
/// <param name="LetsGo">The held order that is let go: nothing is left to do where Credit itself was faster.</param>
/// <param name="Lines">Amounts of the lines of a statement.</param>
internal sealed record Wish(
    string Service, string Operation, string Path, object Body, string EventType, Func<JsonNode, Made> Made,
    int Most = 1, string? LetsGo = null, IReadOnlyList<decimal>? Lines = null)
{
    /// <summary>A request that leaves one event on a stream that is known before.</summary>
    public static Wish On(Guid stream, string service, string operation, string path, object body, string eventType) =>
        new(service, operation, path, body, eventType, _ => new Made(eventType, [stream]));

    /// <summary>A request that makes the thing whose id it answers.</summary>
    public static Wish Creating(string service, string operation, string path, object body, string eventType) =>
        new(service, operation, path, body, eventType,
            answer => new Made(eventType, [answer["id"]!.GetValue<Guid>()]));
}

/// <summary>How a wish ended.</summary>
/// <param name="Body">The answer's JSON where it was accepted.</param>
internal sealed record Ending(Outcome Outcome, int Status, JsonNode? Body);
