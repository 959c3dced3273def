using System.CommandLine;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Commands;

/// <summary>The verbs of <c>dotnet run --project deploy/Local</c>.</summary>
internal static class CommandLine
{
    // Ctrl-C asks a verb to end; RabbitMQ alone may take some seconds to stop in order.
    private static readonly InvocationConfiguration Configuration = new()
    {
        ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
        EnableDefaultExceptionHandler = false,
    };

    /// <summary>Runs the verb; 0 when it did what it should.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Runs OrderToCash on this machine.")
        {
            InfrastructureCommand.Create(),
            TokenCommand.Create(),
            KeysCommand.Create(),
            MailCommand.Create(),
            BureauCommand.Create(),
            ProcessorCommand.Create(),
            DemoCommand.Create(),
            DeadLettersCommand.Create(),
            BrokerPolicyCommand.Create(),
        };
        RunCommand.AddTo(root);
        try
        {
            return await root.Parse(args).InvokeAsync(Configuration);
        }
        catch (ServerException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
