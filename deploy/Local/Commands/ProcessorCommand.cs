using System.CommandLine;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary><c>processor</c>: a simulated payment processor; for compose and for trying things by hand.</summary>
internal static class ProcessorCommand
{
    public static Command Create()
    {
        var address = new Option<string>("--address")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port") { Description = "The port.", DefaultValueFactory = _ => 8091 };
        var command = new Command(
            "processor", "A simulated payment processor that answers by a word in the payment's reference.")
        {
            address, port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var processor = await ProcessorSimulator.StartAsync(
                $"http://{parsed.GetValue(address)}:{parsed.GetValue(port)}");
            Console.WriteLine($"A simulated payment processor listens at {processor.Address}.");
            await InfrastructureCommand.WaitForeverAsync(cancellation);
            return 0;
        });
        return command;
    }
}
