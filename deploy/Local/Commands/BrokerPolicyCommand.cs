using System.CommandLine;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary>
/// <c>broker-policy</c>: what a RabbitMQ must be told once before the services use it. Without it RabbitMQ 4 deletes a
/// message that came back twenty times.
/// </summary>
internal static class BrokerPolicyCommand
{
    public static Command Create()
    {
        var amqp = new Option<string>("--amqp")
        {
            Description = "The broker with its virtual host, as the services have it.",
            Required = true,
        };
        var management = new Option<string>("--management")
        {
            Description = "Its management API, e.g. http://rabbitmq:15672.",
            Required = true,
        };
        var command = new Command("broker-policy", "Tells RabbitMQ to keep messages that come back often.")
        {
            amqp, management,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var broker = RabbitServer.At(
                new Uri(parsed.GetValue(amqp)!), new Uri(parsed.GetValue(management)!));
            await broker.KeepReturnsAsync(cancellation);
            Console.WriteLine("Messages may come back any number of times.");
            return 0;
        });
        return command;
    }
}
