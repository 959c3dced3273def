using System.CommandLine;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary><c>bureau</c>: a simulated credit bureau; for compose and for trying things by hand.</summary>
internal static class BureauCommand
{
    public static Command Create()
    {
        var address = new Option<string>("--address")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port") { Description = "The port.", DefaultValueFactory = _ => 8090 };
        var command = new Command("bureau", "A simulated credit bureau that answers by a word in the company's name.")
        {
            address, port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var bureau = await BureauSimulator.StartAsync(
                $"http://{parsed.GetValue(address)}:{parsed.GetValue(port)}");
            Console.WriteLine($"A simulated credit bureau listens at {bureau.Address}.");
            await InfrastructureCommand.WaitForeverAsync(cancellation);
            return 0;
        });
        return command;
    }
}
