using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrderToCash.Messaging;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>The AsyncAPI 3.0 document of everything that is published, written from the contract types.</summary>
internal static class AsyncApi
{
    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.General)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Headers and properties of every message; what <c>EventRelay</c> sets.</summary>
    private static readonly (string Name, string Schema, string Description)[] Headers =
    [
        (Wire.StreamId, "{type: string, format: uuid}", "Stream of the event behind the message."),
        (Wire.StreamVersion, "{type: integer, minimum: 1}",
            "Version of that stream after the event. Several messages of one event have the same: a copy of a " +
            "state ignores what is older than what it has, and message-id alone tells a repeat."),
        (Wire.Sequence, "{type: integer, minimum: 1}",
            "Place of the event in the log of its service; grows, has gaps."),
        (Wire.CorrelationId, "{type: string}", "The same along the whole chain of requests, events and messages."),
        (Wire.TraceParent, "{type: string}", "W3C trace context."),
        ("MT-MessageType", "{type: string}", "URN of the contract, for consumers on MassTransit."),
    ];

    /// <summary>The whole document.</summary>
    public static string Write()
    {
        var yaml = new StringBuilder(Head());
        yaml.Append("channels:\n");
        foreach (var type in Contracts.Messages)
            yaml.Append(Channel(type));
        yaml.Append("\noperations:\n");
        foreach (var type in Contracts.Messages)
            yaml.Append(Operation(type));
        yaml.Append("\ncomponents:\n  messages:\n");
        foreach (var type in Contracts.Messages)
            yaml.Append(Message(type));
        yaml.Append("\n  messageTraits:\n    event:\n      contentType: application/json\n");
        yaml.Append("      correlationId:\n        location: $message.header#/otc-correlation-id\n");
        yaml.Append("      headers:\n        type: object\n");
        yaml.Append($"        required: [{Wire.StreamId}, {Wire.StreamVersion}, {Wire.Sequence}, MT-MessageType]\n");
        yaml.Append("        properties:\n");
        foreach (var (name, schema, description) in Headers)
        {
            yaml.Append($"          {name}:\n            description: {Quoted(description)}\n");
            yaml.Append($"            {Block(schema)}");
        }


        return yaml.ToString();
    }

    private static string Head() =>
        $"""
        # Written from the contract types by tests/Contracts.Tests; a test fails when it is not what they say.
        # UPDATE_CONTRACTS=1 dotnet test tests/Contracts.Tests writes it anew.
        asyncapi: 3.0.0
        info:
          title: OrderToCash events
          version: 1.0.0
          description: |
            What the services publish, as plain JSON without an envelope, to one durable topic exchange. A subscriber
            binds a queue of its own to {Wire.Exchange} with the routing keys it wants (`invoicing.v1.#` for all of a
            service) and needs nothing but AMQP.

            Messages of a service leave in the order of its log. They come at least once: the AMQP property message-id
            is the same in every repeat, so keep the ids you have handled in the transaction of what you do. Between
            services, and where something is repeated, the order is not kept. The header {Wire.StreamVersion} says which
            of two states of a thing is newer: keep the later one. It tells no repeat: an event that says many things,
            such as allocations that are requested, leaves as many messages of one stream and version.

            A contract only ever gains optional fields; read what you know and ignore the rest. What would break readers
            becomes a new version (v2) beside the old one.
        defaultContentType: application/json

        servers:
          rabbitmq:
            host: localhost:5672
            protocol: amqp
            description: The broker; its address and credentials are part of a deployment.


        """;

    private static string Channel(Type type) =>
        $"""
          {Key(type)}:
            address: {Key(type)}
            description: {Quoted(Documentation.Of(type))}
            messages:
              {type.Name}:
                $ref: '#/components/messages/{Key(type)}'
            bindings:
              amqp:
                is: routingKey
                exchange: {"{"}name: {Wire.Exchange}, type: topic, durable: true, autoDelete: false{"}"}
                bindingVersion: 0.3.0

        """;

    private static string Operation(Type type) =>
        $"""
          publish.{Key(type)}:
            action: send
            channel:
              $ref: '#/channels/{Key(type)}'
            messages:
              - $ref: '#/channels/{Key(type)}/messages/{type.Name}'
            bindings:
              amqp:
                deliveryMode: 2
                timestamp: true
                bindingVersion: 0.3.0

        """;

    private static string Message(Type type) =>
        $"""
            {Key(type)}:
              name: {Key(type)}
              title: {type.Name}
              summary: {Quoted(Documentation.Of(type))}
              traits:
                - $ref: '#/components/messageTraits/event'
              payload:
                schemaFormat: application/schema+json;version=draft-2020-12
                schema:
                  $ref: ./{Contracts.PathOf(type)}.schema.json
              bindings:
                amqp:
                  messageType: {Key(type)}
                  bindingVersion: 0.3.0

        """;

    private static string Key(Type type) => ContractName.Of(type).RoutingKey;

    /// <summary>A flow mapping as block lines, so that it stands beside the description.</summary>
    private static string Block(string schema) =>
        string.Join("\n            ", schema.Trim('{', '}').Split(", ")) + "\n";

    /// <summary>JSON text is YAML text, whatever it holds.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text, OneLine);
}
