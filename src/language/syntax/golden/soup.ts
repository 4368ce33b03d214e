import * as fc from "fast-check";

/** Words of the language in any order, with and without blanks: what looks nearly like a jobflow. */
export const soup = fc
  .array(
    fc.constantFrom(
      ..."[ ] ( ) { } | || , : . = == -> => ->> =>> << < > + - * / // % =~ $ $STATUS # \n".split(
        " ",
      ),
      ..."if elif else then case for in while fork pfor choice timeout lock session and or not self break".split(
        " ",
      ),
      ..."' \" ''' ${ } \\ r' g' x y print( limit after 1 2.5 /a/b ./c ../d 'x' \"$y\" 再起動 　 （ → \0".split(
        " ",
      ),
    ),
    { maxLength: 60 },
  )
  .chain((words) => fc.constantFrom("", " ").map((blank) => words.join(blank)));
