/** The part of fengari that the bench uses; the package has no types of its own. */
declare module "fengari" {
  interface LuaState {
    readonly isLuaState: true;
  }
  export function to_luastring(text: string): Uint8Array;
  export const lua: {
    lua_pushvalue(state: LuaState, index: number): void;
    lua_pushinteger(state: LuaState, value: number): void;
    lua_call(state: LuaState, given: number, results: number): void;
    lua_tonumber(state: LuaState, index: number): number;
    lua_pop(state: LuaState, count: number): void;
    lua_tojsstring(state: LuaState, index: number): string;
  };
  export const lauxlib: {
    luaL_newstate(): LuaState;
    luaL_loadstring(state: LuaState, source: Uint8Array): number;
  };
  export const lualib: { luaL_openlibs(state: LuaState): void };
}
